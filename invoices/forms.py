"""Forms about invoices: a draft and its lines, reasons, settings of documents."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.money import CURRENCIES
from core.search import search_key
from invoices.agreed_terms import CHOICES
from invoices.fields import AmountField
from invoices.models import Invoice
from invoices.services import LineInput
from invoices.totals import DraftLine, VatCategory
from invoices.vat_choices import choice_of, read_choice, vat_choices
from tenants.models import Business

MOST_LINES = 200
AT_ONCE = 20
DATE = {"type": "date"}
ONE, ZERO = Decimal(1), Decimal(0)


class DraftForm(forms.Form):
    """What stands above the lines. The client is found by name, as the list offers them."""

    client = forms.UUIDField(required=False, widget=forms.HiddenInput)
    client_name = forms.CharField(label=_("Client"), max_length=260)
    terms = forms.ChoiceField(label=_("Payment terms"), choices=CHOICES)
    due_on = forms.DateField(
        label=_("Due date"),
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=_("Only for “On a date”."),
    )
    operation = forms.ChoiceField(label=_("What is sold"), choices=Business.Operation.choices)
    delivered_on = forms.DateField(
        label=_("Delivered or done on"),
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )
    order_reference = forms.CharField(
        label=_("Client’s order number"), max_length=60, required=False
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in CURRENCIES], initial="EUR"
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the client")), ("fr", "Français"), ("en", "English")],
        required=False,
    )
    notes = forms.CharField(
        label=_("Note printed on the invoice"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("terms") == "FIXED" and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say on which date the invoice falls due."))
        if data.get("terms") != "FIXED":
            data["due_on"] = None
        if "client_name" in data:
            data["found"] = self._find(data)
        return data

    @property
    def has_more(self) -> bool:
        """Whether one of the rarer fields is filled in or wrong: then they are not folded away."""
        rare = ("order_reference", "language", "notes")
        return any(self[name].value() for name in rare) or any(
            self[name].errors for name in (*rare, "operation", "currency")
        )

    def _find(self, data: dict[str, Any]) -> Client | None:
        found = clients_named(data["client_name"], known=data.get("client"))
        if len(found) == 1:
            return found[0]
        if found:
            self.add_error(
                "client_name", _("Several clients are called that: pick one from the list.")
            )
        else:
            self.add_error(
                "client_name", _("No client is called that: pick one from the list, or add them.")
            )
        return None


def clients_named(text: str, *, known: uuid.UUID | None) -> list[Client]:
    """Who is meant: the one picked before, an exact name, or the only one that begins so."""
    wanted = search_key(text)
    active = Client.objects.filter(archived_at=None)
    if known is not None:
        picked = list(active.filter(public_id=known, search_key=wanted))
        if picked:
            return picked
    exact = list(active.filter(search_key=wanted)[:2])
    return exact or list(active.filter(search_key__startswith=wanted).order_by("search_key")[:2])


def client_options(text: str) -> list[str]:
    """What the list under the field offers: names and numbers that contain the text."""
    found = Client.objects.filter(archived_at=None)
    if text.strip():
        found = found.filter(search_key__contains=search_key(text))
    rows = found.order_by("search_key", "id").values_list("name", "number")[:AT_ONCE]
    return [client_label(name, number) for name, number in rows]


def client_label(name: str, number: str) -> str:
    """How a client is written into the field: name and number, as in their search key."""
    return f"{name} {number}".strip()


class LineForm(forms.Form):
    """One line of a draft. An empty one is left out."""

    description = forms.CharField(
        label=_("Description"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    quantity = AmountField(label=_("Quantity"), decimals=4, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    unit_price = AmountField(label=_("Unit price before VAT"), decimals=4, required=False)
    discount_percent = AmountField(label=_("Discount, %"), decimals=2, required=False)
    vat = forms.ChoiceField(label=_("VAT"))

    def __init__(self, *args: Any, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("vat")
        if kept and kept not in {value for value, _label in choices}:
            choices = [*choices, (kept, read_choice(kept)[1])]
        self.fields["vat"].choices = choices  # type: ignore[attr-defined]

    @property
    def is_blank(self) -> bool:
        """Nothing was typed: neither words nor a price."""
        names = ("description", "unit_price")
        return not any(str(self[name].value() or "").strip() for name in names)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.is_blank:
            return data
        for name in ("description", "unit_price"):
            if name not in self.errors and data.get(name) in (None, ""):
                self.add_error(name, _("Fill this in, or empty the line."))
        return data

    def line(self) -> LineInput:
        category, rate = read_choice(self.cleaned_data["vat"])
        quantity = self.cleaned_data["quantity"]
        return LineInput(
            description=self.cleaned_data["description"],
            quantity=ONE if quantity is None else quantity,
            unit=self.cleaned_data["unit"],
            unit_price=self.cleaned_data["unit_price"],
            discount_percent=self.cleaned_data["discount_percent"] or ZERO,
            vat_category=category,
            vat_rate=rate,
        )

    def draft_line(self) -> DraftLine:
        """What can be reckoned with of a line that is still being typed."""
        data = getattr(self, "cleaned_data", {})
        category, rate = read_choice(data["vat"]) if data.get("vat") else ("S", None)
        quantity = data.get("quantity")
        typed = str(self["quantity"].value() or "").strip()
        return DraftLine(
            quantity=ONE if quantity is None and not typed else quantity,
            unit_price=data.get("unit_price"),
            vat_rate=rate,
            vat_category=VatCategory(category),
            discount_percent=data.get("discount_percent"),
        )


LineFormSet = forms.formset_factory(
    LineForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


def line_formset(
    data: Any, business: Business, day: dt.date, initial: list[dict[str, Any]] | None = None
) -> Any:
    choices = vat_choices(business, day)
    return LineFormSet(
        data, prefix="lines", initial=initial or [{}], form_kwargs={"choices": choices}
    )


def draft_initial(invoice: Invoice) -> dict[str, Any]:
    names = (
        "terms", "due_on", "operation", "delivered_on", "order_reference", "currency", "language",
        "notes",
    )  # fmt: skip
    client = invoice.client
    return {
        **{name: getattr(invoice, name) for name in names},
        "client": client.public_id,
        "client_name": client_label(client.name, client.number),
    }


def line_initials(invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "discount_percent": line.discount_percent or None,
            "vat": choice_of(line.vat_category, line.vat_rate),
        }
        for line in invoice.lines.order_by("position")
    ]


class ReasonForm(forms.Form):
    """Why something is taken back or given up: kept, and printed on a credit note."""

    reason = forms.CharField(label=_("Why?"), max_length=200)
