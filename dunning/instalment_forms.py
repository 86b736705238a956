"""The form of an instalment plan: what is split, into how many parts, on which days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.amounts import parse_amount
from core.errors import DomainError
from core.money import format_decimal, format_money
from invoices.documents.data import Language
from invoices.models import InstallmentPlan, Receivable
from invoices.splitting import PartInput, monthly, split_evenly

ZERO = Decimal(0)
LEAST_PARTS, MOST_PARTS, USUAL_PARTS = 2, 12, 3
WEEK = dt.timedelta(days=7)
RHYTHMS: Final = [
    ("MONTHLY", _("Every month")),
    ("FORTNIGHTLY", _("Every two weeks")),
    ("WEEKLY", _("Every week")),
]
DATE = {"type": "date"}
AMOUNT = {"inputmode": "decimal", "class": "num", "autocomplete": "off"}


def days_of(rhythm: str, first: dt.date, count: int) -> list[dt.date]:
    """The days of `count` parts from `first` on."""
    if rhythm == "MONTHLY":
        return monthly(first, count)
    step = WEEK if rhythm == "WEEKLY" else 2 * WEEK
    return [first + place * step for place in range(count)]


@dataclass(frozen=True, slots=True)
class Sum:
    """What the ticked debts and the typed parts come to; `said` is what does not add up."""

    owed: Decimal
    parts: Decimal
    said: str


class PartRow:
    """The two fields of one part, for the page."""

    def __init__(self, form: PlanForm, place: int) -> None:
        self.number = place + 1
        self.is_first = place == 0
        self.due_on = form[f"due_on-{place}"]
        self.amount = form[f"amount-{place}"]


class PlanForm(forms.Form):
    """A plan as it is typed. `parts` after `is_valid()` are what the service takes.

    The rows of parts are as many as `count` said when they were last filled in (`rows`), so that
    nothing typed is lost before the owner asks for them to be filled in anew.
    """

    debts = forms.MultipleChoiceField(
        label=_("What it is about"),
        error_messages={"required": _("Tick what the plan is about.")},
    )
    count = forms.TypedChoiceField(
        label=_("In how many parts"),
        choices=[(number, str(number)) for number in range(LEAST_PARTS, MOST_PARTS + 1)],
        coerce=int,
        initial=USUAL_PARTS,
    )
    rhythm = forms.ChoiceField(label=_("How often"), choices=RHYTHMS, initial="MONTHLY")
    cause = forms.ChoiceField(
        label=_("Why the client is late"),
        choices=[("", "—"), *InstallmentPlan.Cause.choices],
        help_text=_("For you alone: the client does not read it."),
        error_messages={"required": _("Choose the cause of the delay from the list.")},
    )
    fee = forms.CharField(
        label=_("Fee for the plan"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=AMOUNT),
        help_text=_("A separate item, due with the first part. Leave it empty for none."),
    )
    on_acceptance = forms.BooleanField(
        label=_("The first part is due the day the plan is accepted"), required=False, initial=True
    )
    rows = forms.IntegerField(widget=forms.HiddenInput, initial=USUAL_PARTS, required=False)
    told_by = forms.CharField(
        label=_("Who said yes"),
        required=False,
        max_length=150,
        help_text=_("The name of the person who agreed, by telephone or across the counter."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        client: Client,
        debts: Sequence[Receivable],
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.client, self.known, self.today = client, debts, today
        self.currency = debts[0].currency
        self.language = cast("Language", get_language() or "fr")
        choices = [(str(debt.public_id), debt.invoice.number) for debt in debts]
        cast("forms.MultipleChoiceField", self.fields["debts"]).choices = choices
        if client.kind != Client.Kind.BUSINESS:
            del self.fields["fee"]
        self.row_count = _within(self["rows"].value())
        for place in range(self.row_count):
            self._add_row(place)

    def _add_row(self, place: int) -> None:
        of_part = {"number": place + 1}
        self.fields[f"due_on-{place}"] = forms.DateField(
            label=_("Date of part %(number)s") % of_part,
            required=False,
            widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        )
        self.fields[f"amount-{place}"] = forms.CharField(
            label=_("Amount of part %(number)s") % of_part,
            required=False,
            max_length=40,
            widget=forms.TextInput(attrs=AMOUNT),
        )

    @property
    def part_rows(self) -> list[PartRow]:
        return [PartRow(self, place) for place in range(self.row_count)]

    @property
    def ticked(self) -> list[Receivable]:
        """The debts ticked at this moment, valid or not."""
        wanted = {str(each) for each in self["debts"].value() or ()}
        return [debt for debt in self.known if str(debt.public_id) in wanted]

    @property
    def sum(self) -> Sum:
        """Of what can be read of what is typed."""
        owed = sum((debt.balance for debt in self.ticked), ZERO)
        parts = sum((part.amount for part in self.readable_parts), ZERO)
        return Sum(owed, parts, self._said(owed, parts))

    @property
    def readable_parts(self) -> list[PartInput]:
        """The parts as far as they can be read, for the owner to see what the client would."""
        return [
            PartInput(
                None if place == 0 and self["on_acceptance"].value() else self._day(place),
                self._readable(self[f"amount-{place}"].value()) or ZERO,
            )
            for place in range(self.row_count)
        ]

    @property
    def readable_fee(self) -> Decimal:
        return (self._readable(self["fee"].value()) or ZERO) if "fee" in self.fields else ZERO

    @property
    def as_typed(self) -> dict[str, Any]:
        """What stands in the fields, read or not."""
        return {name: self[name].value() for name in self.fields}

    def untouched(self) -> PlanForm:
        """The same, with nothing found fault with."""
        return self._with(self.as_typed)

    def filled_anew(self) -> PlanForm:
        """The same with its parts filled in evenly: count, rhythm and first day as typed."""
        count = _within(self["count"].value())
        owed = sum((debt.balance for debt in self.ticked), ZERO)
        days = days_of(str(self["rhythm"].value() or "MONTHLY"), self._first_day(), count)
        amounts = [
            format_decimal(each, self.language, 2) for each in _evenly(owed, count, self.currency)
        ]
        values = {**self.as_typed, "count": count, "rows": count}
        for place, day in enumerate(days):
            values[f"due_on-{place}"] = day
            values[f"amount-{place}"] = amounts[place] if amounts else ""
        return self._with(values)

    def _with(self, values: dict[str, Any]) -> PlanForm:
        return PlanForm(initial=values, client=self.client, debts=self.known, today=self.today)

    def clean_fee(self) -> Decimal:
        typed = self.cleaned_data["fee"].strip()
        return self._amount(typed) if typed else ZERO

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.parts = [self._part(place) for place in range(self.row_count)]
        total = self.sum
        if not self.errors and total.said:
            raise forms.ValidationError(total.said)
        return data

    def _part(self, place: int) -> PartInput:
        waits = place == 0 and self.cleaned_data.get("on_acceptance")
        day = None if waits else self.cleaned_data.get(f"due_on-{place}")
        if day is None and not waits and f"due_on-{place}" not in self.errors:
            self.add_error(f"due_on-{place}", translated("Choose a date."))
        return PartInput(day, self._typed_amount(place))

    def _typed_amount(self, place: int) -> Decimal:
        name = f"amount-{place}"
        try:
            amount = self._amount(self.cleaned_data.get(name, ""))
        except forms.ValidationError as error:
            self.add_error(name, error)
            return ZERO
        if amount <= ZERO:
            self.add_error(name, translated("More than zero, please."))
        return amount

    def _amount(self, typed: str) -> Decimal:
        try:
            return parse_amount(typed, code=self.currency)
        except DomainError as error:
            raise forms.ValidationError(error.text(translated)) from error

    def _readable(self, typed: Any) -> Decimal | None:
        try:
            return parse_amount(str(typed or ""), code=self.currency)
        except DomainError:
            return None

    def _said(self, owed: Decimal, parts: Decimal) -> str:
        if owed == parts:
            return ""
        values = {
            "parts": format_money(parts, self.currency, self.language),
            "owed": format_money(owed, self.currency, self.language),
            "gap": format_money(abs(owed - parts), self.currency, self.language),
        }
        if parts < owed:
            return (
                translated("The parts come to %(parts)s and %(owed)s is owed: %(gap)s is missing.")
                % values
            )
        return (
            translated("The parts come to %(parts)s and %(owed)s is owed: %(gap)s is too much.")
            % values
        )

    def _first_day(self) -> dt.date:
        """Today when it waits for the yes, else what is typed, if it is a day to come."""
        if self["on_acceptance"].value():
            return self.today
        return max(self._day(0) or self.today, self.today)

    def _day(self, place: int) -> dt.date | None:
        try:
            return dt.date.fromisoformat(str(self[f"due_on-{place}"].value() or ""))
        except ValueError:
            return None


def fresh_form(
    *, client: Client, debts: Sequence[Receivable], today: dt.date, ticked: Sequence[Receivable]
) -> PlanForm:
    """The page as it opens: three parts a month apart, the first the day it is accepted."""
    initial = {"debts": [str(debt.public_id) for debt in ticked]}
    form = PlanForm(initial=initial, client=client, debts=debts, today=today)
    return form.filled_anew()


def _within(typed: Any) -> int:
    """A number of parts between the least and the most."""
    text = str(typed or "")
    number = int(text) if text.isdecimal() and len(text) < 4 else USUAL_PARTS  # noqa: PLR2004
    return min(max(number, LEAST_PARTS), MOST_PARTS)


def _evenly(owed: Decimal, count: int, currency: str) -> list[Decimal]:
    """Nothing when there is too little to give each part something."""
    try:
        return split_evenly(owed, count, currency)
    except DomainError:
        return []


class AnswerForm(forms.Form):
    """A client's yes, told to the owner."""

    name = forms.CharField(label=_("Who said yes"), max_length=150)


class MoreTimeForm(forms.Form):
    """Until when a missed part is left in peace."""

    until = forms.DateField(
        label=_("Give time until (that day included)"),
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )
