"""Forms about a business and its people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.identifiers import clean_bic, clean_french_vat, clean_iban, clean_siren, clean_siret
from legal.models import VatRate
from legal.queries import check_agreed_rate
from tenants.models import Business, Role, Tenant
from tenants.theme import check_on_white

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AS_WRITTEN = 80
LONGEST_PROMISE = 92  # days: three months


def cleaned_by(check: Any, value: str) -> str:
    """Run a check of `core.identifiers`; its sentence goes beside the field."""
    if not value.strip():
        return ""
    try:
        return str(check(value))
    except DomainError as error:
        raise forms.ValidationError(error.text(gettext, localize)) from error


Groups = list[tuple["StrOrPromise", list[list[str]]]]
IDENTITY_GROUPS: Groups = [
    (
        _("Who you are"),
        [["legal_name", "legal_form"], ["is_sole_trader"], ["siren", "siret"]],
    ),
    (_("Where to find you"), [["address", "address_more"], ["postcode", "city"]]),
    (_("VAT"), [["vat_regime", "vat_number"]]),
]
GROUPS: Groups = [
    (
        _("Who you are"),
        [
            ["legal_name", "legal_form"],
            ["is_sole_trader"],
            ["siren", "siret"],
            ["registry_city", "share_capital"],
        ],
    ),
    (
        _("Where to find you"),
        [
            ["address", "address_more"],
            ["postcode", "city"],
            ["email", "phone"],
            ["website"],
        ],
    ),
    (
        _("VAT"),
        [
            ["vat_regime", "vat_number"],
            ["vat_territory", "default_operation"],
            ["vat_on_debits"],
            ["vat_exemption"],
        ],
    ),
    (
        _("Being paid late"),
        [
            ["late_fee_rate", "minimum_reminder", "longest_promise"],
            ["signatory_name", "signatory_capacity"],
        ],
    ),
    (_("Printed where the law asks"), [["insurance"], ["consumer_mediator"]]),
]


IDENTITY_LABELS = {
    "legal_name": _("Legal name"),
    "legal_form": _("Legal form"),
    "is_sole_trader": _("Sole trader (“EI” is added to the name)"),
    "address": _("Address"),
    "address_more": _("Address, second line"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "vat_regime": _("VAT"),
}


class IdentityForm(forms.ModelForm[Business]):
    """Who the business is: what a new one begins with. Only the name is needed at once."""

    shown: Groups = IDENTITY_GROUPS
    # longer than the columns: people write these in groups
    siren = forms.CharField(label=_("SIREN"), max_length=AS_WRITTEN, required=False)
    siret = forms.CharField(label=_("SIRET of the seat"), max_length=AS_WRITTEN, required=False)
    vat_number = forms.CharField(label=_("VAT number"), max_length=AS_WRITTEN, required=False)

    class Meta:
        model = Business
        fields = [
            "legal_name",
            "legal_form",
            "is_sole_trader",
            "siren",
            "siret",
            "vat_number",
            "address",
            "address_more",
            "postcode",
            "city",
            "vat_regime",
        ]
        labels = IDENTITY_LABELS

    @property
    def groups(self) -> list[tuple[StrOrPromise, list[list[forms.BoundField]]]]:
        """The fields as the page shows them: titled groups of rows."""
        return [(title, [[self[n] for n in row] for row in rows]) for title, rows in self.shown]

    def clean_siren(self) -> str:
        return cleaned_by(clean_siren, self.cleaned_data["siren"])

    def clean_siret(self) -> str:
        return cleaned_by(clean_siret, self.cleaned_data["siret"])

    def clean_vat_number(self) -> str:
        return cleaned_by(clean_french_vat, self.cleaned_data["vat_number"])


class NewBusinessForm(IdentityForm):
    """The same for a business that has no row yet, nor a tenant to own it."""

    def __init__(self, data: Any = None, *, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial, instance=Business(tenant_id=None))


class BusinessForm(IdentityForm):
    """Everything that documents say of the seller."""

    shown = GROUPS
    late_fee_rate = forms.DecimalField(
        label=_("Contractual late-payment rate, % a year"),
        min_value=0,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=Business._meta.get_field("late_fee_rate").help_text,
    )
    minimum_reminder = forms.DecimalField(
        label=_("Smallest amount worth a reminder, €"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    longest_promise = forms.IntegerField(
        label=_("How far ahead a client may promise to pay on the pay page, days"),
        min_value=1,
        max_value=LONGEST_PROMISE,
    )
    vat_territory = forms.ChoiceField(
        label=_("Whose VAT rates apply"), choices=VatRate.Territory.choices
    )

    class Meta(IdentityForm.Meta):
        fields = [
            "legal_name",
            "legal_form",
            "is_sole_trader",
            "share_capital",
            "siren",
            "siret",
            "vat_number",
            "registry_city",
            "address",
            "address_more",
            "postcode",
            "city",
            "email",
            "phone",
            "website",
            "signatory_name",
            "signatory_capacity",
            "vat_regime",
            "vat_on_debits",
            "vat_territory",
            "vat_exemption",
            "default_operation",
            "late_fee_rate",
            "minimum_reminder",
            "longest_promise",
            "insurance",
            "consumer_mediator",
        ]
        labels = {
            **IDENTITY_LABELS,
            "share_capital": _("Share capital"),
            "registry_city": _("City of registration (RCS)"),
            "email": _("Email shown to clients"),
            "phone": _("Phone shown to clients"),
            "website": _("Website"),
            "signatory_name": _("Who signs formal notices"),
            "signatory_capacity": _("In what capacity"),
            "vat_on_debits": _("VAT paid on invoicing (option pour les débits)"),
            "vat_exemption": _("Why some lines are exempt, as printed"),
            "default_operation": _("What you sell"),
            "insurance": _("Mandatory insurance, as printed"),
            "consumer_mediator": _("Consumer mediator, as printed"),
        }

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_late_fee_rate(self) -> Decimal | None:
        rate: Decimal | None = self.cleaned_data["late_fee_rate"]
        if rate is not None:
            try:
                check_agreed_rate(rate, self.today)
            except DomainError as error:
                raise forms.ValidationError(error.text(gettext, localize)) from error
        return rate


class BankForm(forms.ModelForm[Business]):
    """Changing where money goes asks for the password again (invoice fraud).

    The first account of a business changes nothing, so it is given without.
    """

    iban = forms.CharField(label=_("IBAN"), max_length=AS_WRITTEN, required=False)
    bic = forms.CharField(label=_("BIC"), max_length=AS_WRITTEN, required=False)
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    class Meta:
        model = Business
        fields = ["account_holder", "iban", "bic"]
        labels = {
            "account_holder": _("Account holder, exactly as at the bank"),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not self.instance.iban:
            del self.fields["password"]

    def clean_iban(self) -> str:
        return cleaned_by(clean_iban, self.cleaned_data["iban"])

    def clean_bic(self) -> str:
        return cleaned_by(clean_bic, self.cleaned_data["bic"])

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        return ""


class TenantForm(forms.ModelForm[Tenant]):
    class Meta:
        model = Tenant
        fields = ["name", "language", "send_hour", "color"]
        labels = {
            "name": _("Name your clients know you by"),
            "language": _("Language of your documents and mails"),
            "send_hour": _("Hour at which reminders leave"),
            "color": _("Colour"),
        }
        widgets = {"color": forms.TextInput(attrs={"type": "color"})}

    def clean_color(self) -> str:
        return cleaned_by(check_on_white, self.cleaned_data["color"])


class ColorForm(TenantForm):
    """The colour alone: the names of `TenantForm` are for its own page."""

    class Meta(TenantForm.Meta):
        fields = ["color"]


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("Email"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MEMBER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
