from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_freeze_left")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["TODO", "AMBIGUOUS", "FAILED", "BOUNCED"])),
                fields=["tenant", "id"],
                name="clients_message_todo",
            ),
        ),
    ]
