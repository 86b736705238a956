"""Forms about clients, their people, calls, and how mail leaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Person, Sender
from clients.services import Outcome
from clients.usual_terms import usual_terms
from core.errors import DomainError
from core.identifiers import (
    clean_email,
    clean_eu_vat,
    clean_french_vat,
    clean_siren,
    clean_siret,
    siren_of_siret,
)
from tenants.forms import cleaned_by

LANGUAGES = [("", _("As the business")), ("fr", "Français"), ("en", "English")]
COUNTRIES = [
    ("FR", _("France")),
    ("BE", _("Belgium")),
    ("CH", _("Switzerland")),
    ("LU", _("Luxembourg")),
    ("MC", _("Monaco")),
    ("DE", _("Germany")),
    ("ES", _("Spain")),
    ("IT", _("Italy")),
    ("NL", _("Netherlands")),
    ("PT", _("Portugal")),
    ("IE", _("Ireland")),
    ("AT", _("Austria")),
    ("GB", _("United Kingdom")),
    ("US", _("United States")),
    ("CA", _("Canada")),
]
EUROPEAN = frozenset({"BE", "LU", "DE", "ES", "IT", "NL", "PT", "IE", "AT"})
FRENCH_POSTCODE = re.compile(r"[0-9]{5}")
LONGEST_VAT = 20
PHONE = re.compile(r"\+?[0-9]{6,15}")
PHONE_MARKS = re.compile(r"[\s.\-()/\u00a0\u202f]")


def clean_phone(text: str) -> str:
    """The number as it was typed, if it can be rung."""
    shown = " ".join(text.split())
    if shown and not PHONE.fullmatch(PHONE_MARKS.sub("", shown)):
        raise forms.ValidationError(_("Write a telephone number such as 02 97 00 00 00."))
    return shown


class ClientForm(forms.Form):
    """A client's record. Numbers are checked, and kept in one form."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Client.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=200)
    number = forms.CharField(label=_("Your number for this client"), max_length=30, required=False)
    siren = forms.CharField(label=_("SIREN"), max_length=80, required=False)
    siret = forms.CharField(label=_("SIRET"), max_length=80, required=False)
    vat_number = forms.CharField(label=_("VAT number"), max_length=80, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    address_more = forms.CharField(label=_("Address, second line"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES, initial="FR")
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    terms = forms.ChoiceField(
        label=_("Payment terms"),
        choices=lambda: [("", _("As the business")), *usual_terms()],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {code for code, _name in COUNTRIES}
        theirs = self.initial.get("country")
        if theirs and theirs not in known:
            self.fields["country"].choices = [*COUNTRIES, (theirs, theirs)]  # type: ignore[attr-defined]

    def clean_siren(self) -> str:
        return cleaned_by(clean_siren, self.cleaned_data["siren"])

    def clean_siret(self) -> str:
        return cleaned_by(clean_siret, self.cleaned_data["siret"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_vat(data)
        self._clean_postcode(data)
        self._clean_siren_of_siret(data)
        if data.get("kind") == Client.Kind.CONSUMER:
            for name in ("siren", "siret", "vat_number"):
                if data.get(name):
                    self.add_error(name, _("A private person has no such number."))
        return data

    def _clean_vat(self, data: dict[str, Any]) -> None:
        country = data.get("country")
        check = clean_french_vat if country in {"FR", "MC"} else clean_eu_vat
        if country in {"FR", "MC"} | EUROPEAN:
            self._check_vat(data, check)
        elif len(data.get("vat_number", "")) > LONGEST_VAT:
            self.add_error("vat_number", _("A VAT number has 20 characters at most."))

    def _check_vat(self, data: dict[str, Any], check: Callable[[str], str]) -> None:
        try:
            data["vat_number"] = cleaned_by(check, data.get("vat_number", ""))
        except forms.ValidationError as error:
            self.add_error("vat_number", error)

    def _clean_postcode(self, data: dict[str, Any]) -> None:
        postcode = data.get("postcode", "").replace(" ", "")
        if data.get("country") != "FR" or not postcode:
            return
        if FRENCH_POSTCODE.fullmatch(postcode):
            data["postcode"] = postcode
        else:
            self.add_error("postcode", _("A French postcode has five digits."))

    def _clean_siren_of_siret(self, data: dict[str, Any]) -> None:
        if not data.get("siret"):
            return
        siren = siren_of_siret(data["siret"])
        if not data.get("siren") and "siren" not in self.errors:
            data["siren"] = siren
        elif data.get("siren") and data["siren"] != siren:
            self.add_error("siret", _("This SIRET belongs to another company than the SIREN."))


class PersonForm(forms.Form):
    """Somebody at a client's."""

    role = forms.ChoiceField(label=_("Role"), choices=Person.Role.choices)
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the client")), *LANGUAGES[1:]], required=False
    )

    def clean_email(self) -> str:
        return cleaned_by(clean_email, self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in ("name", "email", "phone")):
            raise forms.ValidationError(_("Give a name, an email address or a telephone number."))
        return data


class FirstPersonForm(PersonForm):
    """The person to write to, asked for together with a new client; may be left empty."""

    def clean(self) -> dict[str, Any]:
        return forms.Form.clean(self) or {}

    @property
    def is_filled(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("name", "email", "phone"))


class CallForm(forms.Form):
    """What became of a call."""

    outcome = forms.ChoiceField(
        label=_("Result"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    next_on = forms.DateField(
        label=_("Call again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class SenderForm(forms.Form):
    """How mail leaves. The password is never shown again."""

    way = forms.ChoiceField(label=_("Way"), choices=Sender.Way.choices, widget=forms.RadioSelect)
    from_name = forms.CharField(
        label=_("Name shown"),
        max_length=120,
        required=False,
        help_text=_("Empty: the name of your business."),
    )
    reply_to = forms.CharField(
        label=_("Replies go to"),
        max_length=254,
        required=False,
        help_text=_("Empty: the email address of your business."),
        widget=forms.EmailInput,
    )
    bcc = forms.CharField(
        label=_("Hidden copy to"),
        max_length=254,
        required=False,
        help_text=_("Every message also goes to this address; your clients do not see it."),
        widget=forms.EmailInput,
    )
    from_email = forms.CharField(
        label=_("Your address"), max_length=254, required=False, widget=forms.EmailInput
    )
    host = forms.CharField(
        label=_("Mail server"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "smtp.example.com", "autocomplete": "off"}),
    )
    port = forms.IntegerField(
        label=_("Port"), min_value=1, max_value=65535, initial=587, required=False
    )
    security = forms.ChoiceField(
        label=_("Encryption"),
        choices=[("STARTTLS", "STARTTLS"), ("TLS", "TLS"), ("NONE", _("None"))],
        initial="STARTTLS",
        required=False,
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        required=False,
        help_text=_("Kept sealed. Leave it empty to keep the one you gave."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_reply_to(self) -> str:
        return cleaned_by(clean_email, self.cleaned_data["reply_to"])

    def clean_bcc(self) -> str:
        return cleaned_by(clean_email, self.cleaned_data["bcc"])

    def clean_from_email(self) -> str:
        return cleaned_by(clean_email, self.cleaned_data["from_email"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["port"] = data.get("port") or 587
        data["security"] = data.get("security") or "STARTTLS"
        if data.get("way") != Sender.Way.OWN_SMTP:
            return data
        for name in ("from_email", "host"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Your own mail server needs this."))
        if data["security"] == "NONE" and (data.get("username") or data.get("password")):
            self.add_error("security", _("A password is never sent without encryption."))
        return data


def add_domain_error(form: forms.Form, field: str, error: DomainError) -> None:
    """Show the sentence of a service beside the field that it is about."""
    form.add_error(field, error.text(gettext))
