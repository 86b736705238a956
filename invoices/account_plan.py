"""The account plan of a tenant: the usual accounts (PCG 2025), and what the accountant changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Sentence
from invoices.models import Account
from tenants.audit import record
from tenants.models import Business, User
from tenants.scope import tenant_atomic

Use = Account.Use
_NUMBER: Final = re.compile(r"[0-9]{3}[0-9A-Za-z]*")


class Entry(NamedTuple):
    """An account: its number and its name, in French as the books are."""

    number: str
    label: str


USUAL: Final[Mapping[str, Entry]] = {
    Use.CLIENTS: Entry("411000", "Clients"),
    Use.SALES_GOODS: Entry("707000", "Ventes de marchandises"),
    Use.SALES_SERVICES: Entry("706000", "Prestations de services"),
    Use.SALES_MIXED: Entry("706000", "Prestations de services"),
    Use.VAT_GOODS: Entry("445710", "TVA collectée"),
    Use.VAT_SERVICES: Entry("445710", "TVA collectée"),
    Use.BANK: Entry("512000", "Banque"),
    Use.CHEQUES: Entry("511200", "Chèques à encaisser"),
    Use.CASH: Entry("530000", "Caisse"),
    Use.CARDS: Entry("511500", "Cartes bancaires à encaisser"),
}


class InvalidAccount(DomainError):
    """The form of the FEC has no room for such an account; `use` says which."""

    def __init__(self, message: Sentence, use: Use) -> None:
        super().__init__(message)
        self.use = use


def account_plan() -> dict[str, Entry]:
    """Every use with its account."""
    chosen = {row.use: Entry(row.number, row.label) for row in Account.objects.all()}
    return {**USUAL, **chosen}


@tenant_atomic()
def update_account_plan(
    *, accounts: Mapping[str, Entry], user: User | None, now: dt.datetime
) -> dict[str, Entry]:
    """Set these accounts; one set to the usual one follows the usual plan again.

    Files made before keep the accounts they were made with.

    Raises:
        InvalidAccount: a number that does not begin with three digits, or no name.
    """
    business = Business.objects.select_for_update().get()
    before = account_plan()
    for use, entry in accounts.items():
        _check(Use(use), entry)
        if entry == USUAL[use]:
            Account.objects.filter(use=use).delete()
        elif entry != before[use]:
            Account.objects.update_or_create(
                use=use, defaults={"number": entry.number, "label": entry.label}
            )
    changed = [use for use, entry in accounts.items() if entry != before[use]]
    if changed:
        record(
            act="update_account_plan",
            subject=business,
            user=user,
            at=now,
            before={use: list(before[use]) for use in changed},
            after={use: list(accounts[use]) for use in changed},
        )
    return account_plan()


def _check(use: Use, entry: Entry) -> None:
    if not _NUMBER.fullmatch(entry.number):
        raise InvalidAccount(_("An account number begins with three digits, without spaces."), use)
    if not entry.label.strip():
        raise InvalidAccount(_("Give the account a name."), use)
