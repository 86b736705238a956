"""The head of an invoice as it would look, and whether its colour can be read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from invoices.documents.accent import colour_of_logo
from invoices.models import Series
from invoices.numbering import first_series, format_number
from tenants.clock import today
from tenants.files import read_file
from tenants.models import Business
from tenants.scope import current_tenant
from tenants.theme import READABLE, WHITE, InvalidColor, contrast, parse_color, readable_on_white

LONGEST_LINE = 38  # characters: the drawing does not wrap


def preview(text: str) -> dict[str, Any]:
    """What `onboarding/_header.html` draws for a colour that may be no colour."""
    business = Business.objects.select_related("logo").get()
    try:
        chosen = parse_color(text)
    except InvalidColor:
        chosen = parse_color(current_tenant().color)
    pattern, number, _has_begun = first_series(kind=Series.Kind.INVOICE, year=today().year)
    of_logo = colour_of_logo(read_file(business.logo)) if business.logo else None
    return {
        "color": readable_on_white(chosen),
        "chosen": chosen,
        "ratio": Decimal(f"{contrast(chosen, WHITE):.1f}"),
        "is_readable": contrast(chosen, WHITE) >= READABLE,
        "of_logo": "" if of_logo in {None, readable_on_white(chosen)} else of_logo,
        "has_logo": business.logo is not None,
        "name": business.legal_name,
        "lines": [line[:LONGEST_LINE] for line in _address(business)],
        "invoice_number": format_number(pattern, year=today().year, number=number),
    }


def _address(business: Business) -> list[str]:
    town = f"{business.postcode} {business.city}".strip()
    return [line for line in (business.address, town) if line]
