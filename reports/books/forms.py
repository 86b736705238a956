"""What the addresses of reports ask for: a day, a period, a currency."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from invoices.account_plan import Entry as Account
from reports.books.journals import Period

EARLIEST = dt.date(2000, 1, 1)


class DayField(forms.DateField):
    """A day as a browser's date field sends it, of this century."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day < EARLIEST:
            raise forms.ValidationError(translated("Choose a day of this century."))
        return day


class AsOfForm(forms.Form):
    """The day at whose end the books are read."""

    on = DayField(label=_("At the end of"))
    currency = forms.ChoiceField(label=_("Currency"))

    def __init__(self, data: Any, *, today: dt.date, currencies: list[str]) -> None:
        currency = data.get("currency")
        known = currency if currency in currencies else currencies[0]
        super().__init__({"on": data.get("on") or today.isoformat(), "currency": known})
        self.today = today
        field = self.fields["currency"]
        field.choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]
        if len(currencies) == 1:
            field.widget = forms.HiddenInput()

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(translated("This day has not come yet."))
        return day


class PeriodForm(forms.Form):
    """The days of a journal, both ends included."""

    first = DayField(label=_("From"))
    last = DayField(label=_("To"))

    def __init__(self, data: Any, *, usual: Period) -> None:
        asked = data.dict()
        usual_days = {"first": usual.first.isoformat(), "last": usual.last.isoformat()}
        super().__init__({**usual_days, **{name: text for name, text in asked.items() if text}})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", translated("The period ends before it begins."))
        return data

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


class AccountForm(forms.Form):
    """One line of the account plan."""

    number = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "tab"}),
        label=_("Account"),
    )
    label = forms.CharField(max_length=100, label=_("Name of the account"))

    @property
    def account(self) -> Account:
        return Account(self.cleaned_data["number"], self.cleaned_data["label"])
