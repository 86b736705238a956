"""Forms of dunning; every sentence stands beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Message
from core.amounts import parse_amount
from core.errors import DomainError
from dunning.entering import ANSWERS, AS_SAID, Bucket
from dunning.ladders import PLAN
from dunning.models import Policy
from dunning.services.preferences import MOST_DAYS
from dunning.words import ladder_name

MOST_ASKED = 100  # clients asked about by name
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


class ApprovePlanForm(forms.Form):
    """The owner's yes to many ladders; `unknown` are clients of whom nothing says what they are."""

    others = forms.ChoiceField(
        label=_("Clients whose kind is not known"),
        required=False,
        choices=[
            ("", _("I will say it one by one: leave them out for now")),
            ("BUSINESS", _("They are all businesses")),
            ("CONSUMER", _("They are all private persons")),
            ("ASSOCIATION", _("They are all associations")),
            ("PUBLIC_BODY", _("They are all public bodies")),
        ],
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

    def __init__(self, *args: Any, unknown: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unknown = {f"kind-{client.public_id}": client for client in unknown}
        if not unknown:
            del self.fields["others"]
        for name, client in list(self._unknown.items())[:MOST_ASKED]:
            self.fields[name] = forms.ChoiceField(
                label=client.name, required=False, choices=[("", "—"), *Client.Kind.choices]
            )

    @property
    def kinds(self) -> dict[int, str]:
        """What the owner has said of each client (by id); who is left out is not in it."""
        others = self.cleaned_data.get("others", "")
        said = {
            client.pk: self.cleaned_data.get(name) or others
            for name, client in self._unknown.items()
        }
        return {pk: kind for pk, kind in said.items() if kind}


class EntryForm(forms.Form):
    """What was sent about one old debt before it came here."""

    answer = forms.ChoiceField(label=_("What have you already sent?"))

    def __init__(self, *args: Any, answers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"] = entry_field(self.fields["answer"].label, answers)


class AgesForm(forms.Form):
    """The same for the old debts of each age."""

    def __init__(self, *args: Any, buckets: Sequence[Bucket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bucket in buckets:
            age = bucket.age
            kept = [(AS_SAID, _("As you have said of each"))] if bucket.answer == AS_SAID else []
            field = entry_field(age.label, age.answers, kept)
            field.initial = bucket.answer
            field.widget.attrs["aria-label"] = _("%(age)s: what have you already sent?") % {
                "age": age.label
            }
            self.fields[age.key] = field


def entry_field(
    label: Any, answers: Sequence[str], kept: Sequence[tuple[str, Any]] = ()
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[*kept, *((key, ANSWERS[key]) for key in answers)]
    )


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
        field.queryset = Policy.objects.exclude(key=PLAN.key).order_by("id")
        field.label_from_instance = _policy_name  # type: ignore[method-assign, assignment]


def _policy_name(policy: Any) -> str:
    return ladder_name(policy.key, policy.name)
