"""Forms of dunning; every sentence stands beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Message
from core.amounts import parse_amount
from core.errors import DomainError
from dunning.models import Policy
from dunning.services.preferences import MOST_DAYS
from dunning.words import ladder_name

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONG = forms.Textarea(attrs={"rows": 4})


class PauseForm(forms.Form):
    """Until a day, or until resumed."""

    until = forms.DateField(
        label=_("Say nothing until (that day included)"),
        required=False,
        widget=DATE,
        help_text=_("Leave it empty to pause until you resume."),
    )
    reason = forms.CharField(label=_("Why (for you alone)"), max_length=200, required=False)


class PromiseForm(forms.Form):
    """What the client said they would pay, and when."""

    amount = forms.CharField(
        label=_("Amount promised"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"}
        ),
    )
    promised_for = forms.DateField(label=_("To be paid by"), widget=DATE)
    made_by = forms.CharField(label=_("Who promised"), max_length=150, required=False)
    channel = forms.ChoiceField(
        label=_("How"),
        choices=[
            (channel, Message.Channel(channel).label) for channel in ("CALL", "EMAIL", "NOTE")
        ],
    )

    def __init__(self, *args: Any, currency: str = "EUR", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> Any:
        try:
            return parse_amount(self.cleaned_data["amount"], code=self.currency)
        except DomainError as error:
            raise forms.ValidationError(error.text(translated)) from error


class DisputeForm(forms.Form):
    text = forms.CharField(label=_("What is contested"), max_length=2000, widget=LONG)


class ResolutionForm(forms.Form):
    resolution = forms.CharField(
        label=_("What was decided"),
        max_length=2000,
        widget=LONG,
        help_text=_("The client will read this."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)


class MailedForm(forms.Form):
    mailed_on = forms.DateField(label=_("Sent to the client on"), widget=DATE)


class PostedForm(forms.Form):
    """A letter that was posted."""

    posted_on = forms.DateField(label=_("Posted on"), widget=DATE)
    registered_number = forms.CharField(
        label=_("Number of the registered letter"), max_length=40, required=False
    )


class LadderForm(forms.Form):
    """The owner's yes to a client's dated ladder; with it, what the client is, where none knows."""

    kind = forms.ChoiceField(
        label=_("Who this client is"),
        choices=[("", "—"), *Client.Kind.choices],
        help_text=_(
            "Neither a SIREN nor a VAT number is known. Late fees, the fixed indemnity and"
            " formal notices are for businesses alone."
        ),
    )

    firm_steps_alone = forms.BooleanField(
        label=_("Firm reminders leave without asking me each time"),
        required=False,
        help_text=_("The formal notice always waits for your yes."),
    )

    def __init__(self, *args: Any, asks_kind: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_kind:
            del self.fields["kind"]


class PreferencesForm(forms.Form):
    """How one client likes to be reminded."""

    policy = forms.ModelChoiceField(label=_("Reminders"), queryset=Policy.objects.none())
    no_pre_due = forms.BooleanField(label=_("No word before the due date"), required=False)
    first_word_after_days = forms.IntegerField(
        label=_("First word after so many days late"),
        min_value=0,
        max_value=MOST_DAYS,
        initial=0,
        help_text=_("0: as the reminders have it."),
    )
    never_remind = forms.BooleanField(label=_("Never remind this client"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["policy"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- for mypy
        field.queryset = Policy.objects.order_by("id")
        field.label_from_instance = _policy_name  # type: ignore[method-assign, assignment]


def _policy_name(policy: Any) -> str:
    return ladder_name(policy.key, policy.name)
