"""What must be there before a number is taken, each lack in a sentence that says where to go."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from core.money import format_percent
from invoices.services.drafts import LineInput
from invoices.totals import VatCategory
from legal.law import Law
from legal.models import VatRate
from tenants.models import Business

ACROSS_BORDERS = frozenset({VatCategory.REVERSE_CHARGE, VatCategory.INTRA_EU})


class CannotIssue(DomainError):
    """Something the law wants on an invoice is missing."""


def check_parties(business: Business, client: Client) -> None:
    """M04, M05, M08 and M09 of the mentions: who sells and who buys.

    Raises:
        CannotIssue: the business or the client lacks a mandatory mention, or is archived.
    """
    if not (business.siren and business.address and business.city):
        raise CannotIssue(
            _("Before you issue, fill in your SIREN and address under Settings, Business.")
        )
    if business.vat_regime == Business.VatRegime.NORMAL and not business.vat_number:
        raise CannotIssue(_("Before you issue, fill in your VAT number under Settings, Business."))
    if client.archived_at is not None:
        raise CannotIssue(
            _("%(client)s is archived: bring the client back first."), client=client.name
        )
    if not (client.address and client.city):
        raise CannotIssue(_("An invoice needs the client’s address: fill it in first."))
    if client.kind == Client.Kind.BUSINESS and client.country == "FR" and not client.siren:
        raise CannotIssue(_("An invoice to a French business needs its SIREN: fill it in first."))


def check_lines(
    lines: Sequence[LineInput], *, business: Business, client: Client, law: Law
) -> None:
    """There is something to invoice, at VAT rates that exist where and when it is issued.

    Raises:
        CannotIssue: no line, VAT under the franchise, a rate of elsewhere, or a missing number.
    """
    if not lines:
        raise CannotIssue(_("Add at least one line before you issue."))
    charged = {line.vat_rate for line in lines if line.vat_category == VatCategory.STANDARD}
    if charged and business.vat_regime == Business.VatRegime.FRANCHISE:
        raise CannotIssue(_("You are under the franchise en base: no line may charge VAT."))
    _check_rates(charged, business.vat_territory, law)
    abroad = client.country != "FR" and any(line.vat_category in ACROSS_BORDERS for line in lines)
    if abroad and not client.vat_number:
        raise CannotIssue(
            _(
                "Without VAT inside the European Union an invoice names the client’s VAT number:"
                " fill it in first."
            )
        )


def _check_rates(charged: set[Decimal], territory: str, law: Law) -> None:
    for rate in sorted(charged - law.vat_rates):
        raise CannotIssue(
            _("%(rate)s is not a VAT rate of %(territory)s on %(day)s."),
            rate=format_percent(rate, "en"),
            territory=VatRate.Territory(territory).label,
            day=law.day,
        )
