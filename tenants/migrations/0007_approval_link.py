"""A door for questions of an evening mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0006_business_look_chosen_at"),
    ]

    operations = [
        migrations.AlterField(
            model_name="door",
            name="kind",
            field=models.CharField(
                choices=[
                    ("PAY_LINK", "Pay link"),
                    ("INVITATION", "Invitation"),
                    ("APPROVAL", "Question of an evening mail"),
                    ("WEBHOOK", "Gateway webhook"),
                ],
                max_length=12,
            ),
        ),
    ]
