"""Forms of the settings of documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from invoices.agreed_terms import USUAL
from invoices.continuing import continue_from
from invoices.numbering import check_pattern
from tenants.models import Business

LARGEST_LOGO = 5 * 1024 * 1024


class LogoForm(forms.Form):
    """The logo on every document to come."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_logo(self) -> bytes | None:
        upload = self.cleaned_data["logo"]
        if upload is None:
            return None
        if upload.size > LARGEST_LOGO:
            raise forms.ValidationError(_("A logo has 5 MB at most."))
        return bytes(upload.read())


class DocumentsForm(LogoForm):
    """Habits: what a new draft begins with, and the logo."""

    field_order = ["terms", "operation", "logo"]
    terms = forms.ChoiceField(
        label=_("Usual payment terms"),
        choices=USUAL,
        help_text=_("“45 days end of month” has two lawful readings: choose yours."),
    )
    operation = forms.ChoiceField(
        label=_("What you usually sell"), choices=Business.Operation.choices
    )


class SeriesForm(forms.Form):
    """Where a series starts and what its numbers look like, as long as it has given none."""

    pattern = forms.CharField(
        label=_("Look of the numbers"),
        max_length=30,
        help_text=_(
            "{number} counts, {number:04d} with leading zeros; {year} starts anew each year."
        ),
    )
    first_number = forms.IntegerField(label=_("First number"), min_value=1, max_value=999_999_999)


class FirstNumberForm(SeriesForm):
    """The same, told from the number of the last invoice made elsewhere."""

    last = forms.CharField(
        label=_("Number of your last invoice"),
        max_length=40,
        required=False,
        help_text=_("As it is printed, for example F-2026-0412. Empty: you begin a new series."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean(self) -> dict[str, Any]:
        """The last number, when there is one, says look and first number."""
        data = super().clean() or {}
        if not data.get("last"):
            return data
        try:
            pattern, first = continue_from(data["last"], year=self.year)
            data |= {"pattern": check_pattern(pattern), "first_number": first}
        except DomainError as error:
            self.add_error("last", error.text(gettext))
        return data
