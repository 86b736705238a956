"""The tenant: what must be known before anybody has been let in."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Tenant(models.Model):
    """A business that uses Échéance; a global table, so it holds no secret and no client's data."""

    class Mode(models.TextChoices):
        TEST = "TEST", _("Test: nothing leaves")
        LIVE = "LIVE", _("Live")

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(max_length=2, choices=[("fr", "Français"), ("en", "English")])
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    region = models.CharField(
        max_length=20, blank=True, help_text=_("Region whose public holidays apply, if any.")
    )
    send_hour = models.PositiveSmallIntegerField(
        default=9, validators=[MinValueValidator(8), MaxValueValidator(18)]
    )
    color = models.CharField(
        max_length=7, default="#1E3A5F", validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}$")]
    )
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.TEST)
    live_since = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    last_run_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(send_hour__gte=8, send_hour__lte=18),
                name="tenants_tenant_send_hour",
            ),
        ]

    def __str__(self) -> str:
        return self.name
