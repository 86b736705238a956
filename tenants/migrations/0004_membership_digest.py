"""Who gets the mail of the evening, at which hour, on which days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_business_longest_promise")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="wants_digest",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="digest_hour",
            field=models.PositiveSmallIntegerField(default=18),
        ),
        migrations.AddField(
            model_name="membership",
            name="digest_days",
            field=models.CharField(
                choices=[
                    ("BUSINESS_DAYS", "On business days, Friday for Monday"),
                    ("EVES", "The evening before, Sunday for Monday"),
                ],
                default="BUSINESS_DAYS",
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="digest_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest_hour__gte", 15), ("digest_hour__lte", 22)),
                name="tenants_membership_digest_hour",
            ),
        ),
    ]
