"""Forms of the settings of documents."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from invoices.agreed_terms import USUAL
from tenants.models import Business

LARGEST_LOGO = 5 * 1024 * 1024


class DocumentsForm(forms.Form):
    """Habits: what a new draft begins with, and the logo on every document to come."""

    terms = forms.ChoiceField(
        label=_("Usual payment terms"),
        choices=USUAL,
        help_text=_("“45 days end of month” has two lawful readings: choose yours."),
    )
    operation = forms.ChoiceField(
        label=_("What you usually sell"), choices=Business.Operation.choices
    )
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
