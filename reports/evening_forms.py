"""Forms of the evening round: who has paid, and the mail of the evening."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from payments.services.recording import check_day
from tenants.models import Membership

FIRST_HOUR, LAST_HOUR = 15, 22
MOST_DEBTS = 2000


@dataclass(frozen=True, slots=True)
class Ticked:
    """One line as it was shown: the sum, and the cases (public ids)."""

    amount: Decimal
    cases: tuple[uuid.UUID, ...]


class LinesField(forms.Field):
    """The ticked lines, `1200.00:<case>,<case>` each (`reports.evening.value_of`)."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"required": _("Tick who has paid.")}

    def to_python(self, value: Any) -> Any:
        try:
            lines = [_ticked(text) for text in value or ()]
        except (ValueError, InvalidOperation) as error:
            raise forms.ValidationError(_("Look again: this page has changed.")) from error
        if sum(len(line.cases) for line in lines) > MOST_DEBTS:
            raise forms.ValidationError(_("Too many at once: tick fewer."))
        return lines


class PaidForm(forms.Form):
    """Who has paid by transfer, on which day. `key` tells a form from the same one sent again."""

    received_on = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    line = LinesField()
    key = forms.UUIDField(widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    @classmethod
    def to_confirm(
        cls, *, received_on: dt.date, key: uuid.UUID, lines: Iterable[str], now: dt.datetime
    ) -> PaidForm:
        """The same, with everything hidden: what the page says is what is sent."""
        initial = {"received_on": received_on, "key": key, "line": list(lines), "sure": True}
        form = cls(initial=initial, now=now)
        form.fields["received_on"].widget = forms.HiddenInput()
        return form

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        try:
            check_day(day, self.now)
        except DomainError as error:
            raise forms.ValidationError(error.text(translated)) from error
        return day


class DigestForm(forms.Form):
    """The mail of the evening: whether, when, on which days."""

    is_wanted = forms.BooleanField(label=_("Send me the evening round by email"), required=False)
    hour = forms.TypedChoiceField(
        label=_("From what time on"),
        coerce=int,
        choices=[(hour, f"{hour}:00") for hour in range(FIRST_HOUR, LAST_HOUR + 1)],
    )
    days = forms.ChoiceField(label=_("On which days"), choices=Membership.DigestDays.choices)


def _ticked(text: str) -> Ticked:
    amount, _colon, cases = str(text).partition(":")
    return Ticked(Decimal(amount), tuple(uuid.UUID(case) for case in cases.split(",")))
