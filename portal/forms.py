"""What a client may say behind the link; every sentence stands beside its field."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from dunning.services.answering import MEANS
from invoices.models import InstallmentPlan
from payments.models import Payment
from portal.proof import read_proof

LONGEST = 2000


class ProofField(forms.FileField):
    """A picture or a PDF; gives its bytes, media type and ending, or None."""

    widget = forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload: UploadedFile | None = super().clean(data, initial)
        if not upload:
            return None
        try:
            return read_proof(upload)
        except DomainError as error:
            raise forms.ValidationError(error.text(gettext)) from error


class AnswerForm(forms.Form):
    """`key` makes the same form, sent twice, one answer."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: dt.date, last: dt.date | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.today, self.last = today, last
        self.fields["key"].initial = uuid.uuid4
        self.prepare()

    def prepare(self) -> None:
        """Set what depends on the day."""

    def clean_key(self) -> str:
        return str(self.cleaned_data["key"] or uuid.uuid4())


class PaidForm(AnswerForm):
    paid_on = forms.DateField(label=_("Paid on"), widget=forms.DateInput(attrs={"type": "date"}))
    means = forms.ChoiceField(
        label=_("By"), choices=[(each.value, Payment.Means(each).label) for each in MEANS]
    )
    proof = ProofField(
        label=_("Proof"),
        required=False,
        help_text=_("A PDF or a picture, 5 MB at most."),
    )
    note = forms.CharField(label=_("A word"), max_length=LONGEST, required=False)

    def prepare(self) -> None:
        self.fields["paid_on"].initial = self.today.isoformat()
        self.fields["paid_on"].widget.attrs["max"] = self.today.isoformat()


class LaterForm(AnswerForm):
    promised_for = forms.DateField(
        label=_("I will pay on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label=_("A word"), max_length=LONGEST, required=False)

    def prepare(self) -> None:
        attrs = self.fields["promised_for"].widget.attrs
        attrs["min"] = self.today.isoformat()
        if self.last:
            attrs["max"] = self.last.isoformat()


class ProblemForm(AnswerForm):
    text = forms.CharField(
        label=_("What is wrong?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    proof = ProofField(
        label=_("A file"),
        required=False,
        help_text=_("A PDF or a picture, 5 MB at most."),
    )


class AcceptForm(forms.Form):
    """The yes to a plan: who says it, and the hash of the document that the page showed."""

    name = forms.CharField(label=_("Your name"), max_length=150)
    capacity = forms.CharField(
        label=_("Your capacity"),
        max_length=80,
        help_text=_("For instance: manager, accountant."),
    )
    agree = forms.BooleanField(error_messages={"required": _("Tick the box to accept the plan.")})
    plan = forms.UUIDField(widget=forms.HiddenInput)
    document_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self, data: Any = None, *, plan: InstallmentPlan, sentence: str, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.current = plan
        self.fields["agree"].label = sentence
        self.fields["plan"].initial = plan.public_id
        self.fields["document_sha256"].initial = plan.document_sha256
        if plan.client.kind == Client.Kind.CONSUMER:
            del self.fields["capacity"]

    def clean_plan(self) -> uuid.UUID:
        read: uuid.UUID = self.cleaned_data["plan"]
        if read != self.current.public_id:
            raise forms.ValidationError(
                gettext("This proposal was replaced by the one you see now: please read it again.")
            )
        return read


class DeclineForm(forms.Form):
    note = forms.CharField(
        label=_("What would suit you?"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
