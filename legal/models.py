"""Facts of law with their dates and sources; global, edited by the operator alone."""

from __future__ import annotations

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

HALF_YEAR = r"^20[0-9]{2}-H[12]\Z"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]


class DatedFact(models.Model):
    """What holds between two days. A later start overrides an earlier one that is still open.

    `edited_at` is set once an operator has changed the row: shipped data then leaves it alone.
    """

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_dates",
            )
        ]


class LegalRate(DatedFact):
    """Rates of one half-year, in percent a year; empty until the Journal officiel has them."""

    half_year = models.CharField(
        _("half-year"),
        max_length=7,
        unique=True,
        validators=[RegexValidator(HALF_YEAR, _("Write it like 2026-H2."))],
    )
    legal_pro = models.DecimalField(
        _("legal rate, creditors in business"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    legal_individual = models.DecimalField(
        _("legal rate, private creditors"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    ecb_refi = models.DecimalField(
        _("ECB refinancing rate"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    class Meta(DatedFact.Meta):
        verbose_name = _("late-payment rates")
        verbose_name_plural = _("late-payment rates")

    def __str__(self) -> str:
        return self.half_year


class VatRate(DatedFact):
    """A VAT rate of a French territory, in percent."""

    class Territory(models.TextChoices):
        METROPOLE = "METROPOLE", _("Mainland France")
        CORSICA = "CORSICA", _("Corsica")
        GUADELOUPE = "GUADELOUPE", _("Guadeloupe")
        MARTINIQUE = "MARTINIQUE", _("Martinique")
        REUNION = "REUNION", _("Réunion")
        GUYANE = "GUYANE", _("French Guiana")
        MAYOTTE = "MAYOTTE", _("Mayotte")

    class Category(models.TextChoices):
        STANDARD = "STANDARD", _("standard")
        INTERMEDIATE = "INTERMEDIATE", _("intermediate")
        REDUCED = "REDUCED", _("reduced")
        PARTICULAR = "PARTICULAR", _("particular")
        NOT_APPLICABLE = "NOT_APPLICABLE", _("VAT does not apply")

    territory = models.CharField(_("territory"), max_length=20, choices=Territory)
    rate = models.DecimalField(
        _("rate"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0)]
    )
    category = models.CharField(_("category"), max_length=20, choices=Category)

    class Meta(DatedFact.Meta):
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["territory", "rate", "valid_from"], name="legal_vatrate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.rate}"


class LegalText(DatedFact):
    """The wording of a mention in one language; `{name}` stands for a value."""

    key = models.CharField(_("key"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    text = models.TextField(_("text"))

    class Meta(DatedFact.Meta):
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["key", "language", "valid_from"], name="legal_legaltext_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


class LegalThreshold(DatedFact):
    """A number that the law, or prudence, sets: an amount, a delay, a margin."""

    class Unit(models.TextChoices):
        EUR = "EUR", _("euros")
        DAYS = "DAYS", _("days")
        YEARS = "YEARS", _("years")
        POINTS = "POINTS", _("points")
        TIMES = "TIMES", _("times")

    key = models.CharField(_("key"), max_length=40)
    value = models.DecimalField(
        _("value"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    unit = models.CharField(_("unit"), max_length=10, choices=Unit)

    class Meta(DatedFact.Meta):
        verbose_name = _("legal threshold")
        verbose_name_plural = _("legal thresholds")
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(fields=["key", "valid_from"], name="legal_legalthreshold_once"),
        ]

    def __str__(self) -> str:
        return self.key
