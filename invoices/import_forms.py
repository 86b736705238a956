"""Forms of the import: the files, how they are to be read, what was paid meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.money import CURRENCIES
from invoices.importing.limits import MAX_FILE_BYTES, MAX_FILES, MEGABYTE
from invoices.models import ImportFile
from invoices.services.import_batches import CannotImport

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ACCEPT = ".csv,.txt,.tsv,.xlsx,.pdf,.xml,.zip"
FIELD_WORDS: dict[str, StrOrPromise] = {
    "number": _("Invoice number"),
    "client": _("Client’s name"),
    "issued_on": _("Date of the invoice"),
    "due_on": _("Due date"),
    "total_gross": _("Total with VAT"),
    "balance": _("What is still due"),
    "email": _("Client’s email"),
    "client_reference": _("Client number"),
    "prepaid": _("What was paid already"),
    "paid_on": _("Date of payment"),
    "kind": _("Kind of document"),
    "currency": _("Currency"),
    "total_net": _("Total without VAT"),
    "total_vat": _("VAT amount"),
    "siren": _("SIREN"),
    "siret": _("SIRET"),
    "vat_number": _("VAT number"),
    "contact": _("Contact’s name"),
    "phone": _("Phone"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "country": _("Country"),
    "terms": _("Payment terms"),
    "order_reference": _("Order number"),
    "disputed": _("Disputed: yes or no"),
    "iban": _("IBAN"),
    "notes": _("Note"),
}
MOST_COLUMNS = 40  # that the page offers
ORDERS = (
    ("", _("As the file proves it")),
    ("DMY", _("Day first: 31/01/2026")),
    ("MDY", _("Month first: 01/31/2026")),
)
MARKS = (
    ("", _("As the file proves it")),
    (",", _("Comma: 1 234,50")),
    (".", _("Point: 1,234.50")),
)


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; each within the limit of what is read."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        found = [super(FilesField, self).clean(each, initial) for each in given or [None]]
        if len(found) > MAX_FILES:
            raise forms.ValidationError(
                _("At most %(limit)s files at a time: put PDFs into a ZIP."),
                params={"limit": MAX_FILES},
            )
        for each in found:
            if each.size > MAX_FILE_BYTES:
                raise forms.ValidationError(
                    _("“%(name)s” is larger than %(limit)s MB: split it."),
                    params={"name": each.name, "limit": MAX_FILE_BYTES // MEGABYTE},
                )
        return found


class ReadingForm(forms.Form):
    """What a file cannot say of itself."""

    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in CURRENCIES],
        initial="EUR",
        help_text=_("Where the file names none."),
    )
    client_kind = forms.ChoiceField(
        label=_("New clients without a SIREN are"),
        choices=Client.Kind.choices,
        initial=Client.Kind.BUSINESS,
        help_text=_("The law differs. You confirm it before anything is sent to them."),
    )


class UploadForm(ReadingForm):
    uploads = FilesField(
        label=_("Files: drop them here, or choose them"),
        allow_empty_file=True,  # the reader says so in its own words
        widget=_SeveralFiles(attrs={"accept": ACCEPT}),
        help_text=_("A table (Excel or CSV), Factur-X PDFs, CII files; a ZIP of your PDFs may be "
                    "among them. 20 MB at most."),
    )  # fmt: skip
    field_order = ("uploads", "currency", "client_kind")

    def contents(self) -> list[tuple[str, bytes]]:
        files: list[UploadedFile] = self.cleaned_data["uploads"]
        return [(each.name or "", each.read()) for each in files]


class CorrectionForm(ReadingForm):
    accept_doubts = forms.BooleanField(
        label=_("Take electronic invoices whose form is doubtful"), required=False
    )


class MissingForm(forms.Form):
    """How and when what is missing from the new book was paid."""

    means = forms.ChoiceField(
        label=_("By"), choices=[("TRANSFER", _("Bank transfer")), ("OTHER", _("Other"))]
    )
    received_on = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: dt.date) -> None:
        super().__init__(data, initial={"received_on": today})
        self._today = today

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        if day > self._today:
            raise forms.ValidationError(
                _("A payment cannot be received on a day that has not come.")
            )
        return day


def mappings_said(rows: Sequence[ImportFile], data: Mapping[str, str]) -> dict[int, dict[str, Any]]:
    """What the selects beside the columns say, by the position of the file.

    Raises:
        CannotImport: two columns of a file are said to be the same.
    """
    said = {}
    for row in rows:
        headings = row.understood.get("headings", ())
        stem = f"f{row.position}"
        if not headings or f"{stem}-date_order" not in data:
            continue
        said[row.position] = {
            "positions": _positions(stem, len(headings), data),
            "line": row.understood["line"],
            "date_order": _one_of(ORDERS, data.get(f"{stem}-date_order", "")),
            "decimal_mark": _one_of(MARKS, data.get(f"{stem}-decimal_mark", "")),
        }
    return said


def _positions(stem: str, columns: int, data: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in range(min(columns, MOST_COLUMNS)):
        name = data.get(f"{stem}-c{column}", "")
        if name not in FIELD_WORDS:
            continue
        if name in found:
            raise CannotImport(
                _("Two columns are said to be “%(field)s”: choose one."), field=FIELD_WORDS[name]
            )
        found[name] = column
    return found


def _one_of(choices: Sequence[tuple[str, Any]], value: str) -> str:
    return value if value in dict(choices) else ""
