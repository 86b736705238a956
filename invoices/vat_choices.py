"""What a line may say about VAT: the rates of the territory, or why there is none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.money import format_percent
from invoices.totals import VatCategory
from legal.models import VatRate
from legal.queries import vat_rates
from tenants.models import Business

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Choice = tuple[str, "StrOrPromise"]

_WITHOUT: list[Choice] = [
    ("AE:0", _("0, reverse charge")),
    ("K:0", _("0, goods inside the EU")),
    ("G:0", _("0, export")),
    ("O:0", _("0, service abroad")),
]
_EXEMPT: Choice = ("E:0", _("0, exempt"))
_FRANCHISE: list[Choice] = [("E:0", _("No VAT"))]


def vat_choices(business: Business, day: dt.date) -> list[Choice]:
    """The choices of a line, the usual rate first; values are `category:rate`."""
    if business.vat_regime == Business.VatRegime.FRANCHISE:
        return list(_FRANCHISE)
    language = get_language() or "fr"
    rates = vat_rates(business.vat_territory, day).exclude(category=VatRate.Category.NOT_APPLICABLE)
    charged: list[Choice] = [
        (choice_of(VatCategory.STANDARD, rate), format_percent(rate, language))
        for rate in rates.values_list("rate", flat=True)
    ]
    exempt = [_EXEMPT] if business.vat_exemption else []
    return charged + exempt + list(_WITHOUT)


def choice_of(category: str, rate: Decimal) -> str:
    """The value of a choice; a rate is written without trailing zeros."""
    return f"{category}:{rate.normalize():f}"


def read_choice(value: str) -> tuple[str, Decimal]:
    category, _colon, rate = value.partition(":")
    return category, Decimal(rate)
