"""Payments recorded in one gesture share its key, so that they can be undone as one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_allocation_effective_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="recorded_with",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("recorded_with__isnull", False)),
                fields=["tenant", "recorded_with"],
                name="payments_payment_gesture",
            ),
        ),
    ]
