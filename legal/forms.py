"""What an operator types in: checked before it becomes law for everybody."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.calendar import end_of_half_year
from legal.models import HALF_YEAR, LegalRate, LegalText
from legal.queries import PLACEHOLDER
from legal.services import shipped_placeholders


class LegalRateForm(forms.ModelForm[LegalRate]):
    """The dates follow from the half-year."""

    class Meta:
        model = LegalRate
        fields = ["half_year", "legal_pro", "legal_individual", "ecb_refi", "source"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        name = self.cleaned_data.get("half_year", "")
        if re.search(HALF_YEAR, name):  # else the model's own validator says what is wrong
            self.instance.valid_from = dt.date(int(name[:4]), 1 if name.endswith("1") else 7, 1)
            self.instance.valid_to = end_of_half_year(self.instance.valid_from)
        return cleaned


class LegalTextForm(forms.ModelForm[LegalText]):
    """A wording may use the values that the product knows how to fill in, no others."""

    class Meta:
        model = LegalText
        fields = ["key", "language", "text", "valid_from", "valid_to", "source"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        known = shipped_placeholders(self.cleaned_data.get("key", ""))
        unknown = set(PLACEHOLDER.findall(self.cleaned_data.get("text", ""))) - known
        if unknown:
            raise ValidationError(
                _("This wording uses values that do not exist for it: %(names)s."),
                params={"names": ", ".join(sorted(unknown))},
            )
        return cleaned
