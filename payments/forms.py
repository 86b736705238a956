"""Forms of payments and of the gateway; every sentence stands beside its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from core.amounts import parse_amount
from core.errors import DomainError
from core.money import format_money
from invoices.models import Receivable
from payments.models import Payment
from payments.services.recording import check_amount, check_day

ZERO = Decimal(0)
AMOUNT = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
BY_HAND = ("TRANSFER", "CHEQUE", "CASH", "CARD", "DIRECT_DEBIT", "OTHER")


class AmountField(forms.CharField):
    """An amount as people type it: `1 234,56`, `1,234.56`, `1234`."""

    widget = AMOUNT

    def __init__(self, *, currency: str = "EUR", **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)
        self.currency = currency

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_amount(text, code=self.currency)
            check_amount(amount, self.currency)
        except DomainError as error:
            raise forms.ValidationError(error.text(translated)) from error
        return amount


class PaymentForm(forms.Form):
    """Money received by hand, and what it settles.

    No allocation typed in means the oldest due first; typed in, exactly those are made.
    """

    amount = AmountField(label=_("Amount received"))
    received_on = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    means = forms.ChoiceField(
        label=_("By"), choices=[(key, Payment.Means(key).label) for key in BY_HAND]
    )
    note = forms.CharField(label=_("Note (optional)"), max_length=200, required=False)

    def __init__(
        self, *args: Any, receivables: Sequence[Receivable], now: dt.datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.receivables = {_name(row): row for row in receivables}
        for name, row in self.receivables.items():
            self.fields[name] = AmountField(
                currency=row.currency, required=False, label=self._label(row)
            )

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        try:
            check_day(day, self.now)
        except DomainError as error:
            raise forms.ValidationError(error.text(translated)) from error
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, row in self.receivables.items():
            if (data.get(name) or ZERO) > row.balance:
                self.add_error(name, _("More than is owed here."))
        if data.get("amount") and self._allocated() > data["amount"]:
            self.add_error("amount", _("Less than what you set against the invoices below."))
        return data

    def allocations(self) -> dict[Receivable, Decimal] | None:
        """What was typed in; None when nothing was: the oldest due first."""
        typed = {
            row: self.cleaned_data[name]
            for name, row in self.receivables.items()
            if self.cleaned_data.get(name)
        }
        return typed or None

    def _allocated(self) -> Decimal:
        return sum((self.cleaned_data.get(name) or ZERO for name in self.receivables), ZERO)

    def _label(self, row: Receivable) -> str:
        return translated("%(number)s, due on %(day)s, %(balance)s open") % {
            "number": row.invoice.number or "",
            "day": row.due_on.strftime("%d/%m/%Y"),
            "balance": format_money(row.balance, row.currency, "fr"),
        }


class RefundForm(forms.Form):
    amount = AmountField(label=_("Amount given back"))


class AllocateForm(forms.Form):
    receivable = forms.UUIDField()
    amount = AmountField()


class KeyForm(forms.Form):
    """Where money goes asks for the password again (invoice fraud)."""

    secret_key = forms.CharField(
        label=_("Restricted key of Stripe"),
        max_length=255,
        help_text=_("It starts with rk_live_ or rk_test_."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_secret_key(self) -> str:
        key: str = self.cleaned_data["secret_key"].strip()
        if key.startswith("pk_"):
            raise forms.ValidationError(
                _("This is the publishable key: take the restricted one, which starts with rk_.")
            )
        return key

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        return ""


def initial_for(receivables: Sequence[Receivable], today: dt.date) -> dict[str, Any]:
    """Propose the whole of these debts, received today."""
    total = sum((row.balance for row in receivables), ZERO)
    proposed: dict[str, Any] = {_name(row): _typed(row.balance) for row in receivables}
    return {"received_on": today, "amount": _typed(total) if total else "", **proposed}


def _name(row: Receivable) -> str:
    return f"on_{row.public_id}"


def _typed(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
