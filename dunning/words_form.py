"""The form of a letter's words; every sentence stands beside its field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from dunning.blanks import BadText, checked
from dunning.models.words import LONGEST_CLOSING, LONGEST_OPENING, LONGEST_SUBJECT
from dunning.own_words import Texts

FOR_CLIENT, FOR_ALL = "CLIENT", "ALL"


class PlainText(forms.CharField):
    """A text that may be empty, being ours then; its lines count alike however they are ended."""

    def validate(self, value: str) -> None:
        """Anything: a rule of the letter looks at it."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return "\n".join((text or "").splitlines())


class WordsForm(forms.Form):
    """The three texts of a letter; for whom, where there is a choice."""

    use_required_attribute = False

    subject = PlainText(label=_("Subject"), max_length=LONGEST_SUBJECT)
    opening = PlainText(
        label=_("Before the invoices"),
        max_length=LONGEST_OPENING,
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    closing = PlainText(
        label=_("After them"),
        max_length=LONGEST_CLOSING,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A text left empty is ours again."),
    )
    scope = forms.ChoiceField(
        label=_("For whom"),
        choices=[(FOR_CLIENT, _("For this client alone")), (FOR_ALL, _("For all my clients"))],
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, language: str, allowed: Collection[str], asks_scope: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._language, self._allowed = language, allowed
        for name in ("subject", "opening", "closing"):
            self.fields[name].widget.attrs["lang"] = language
        if not asks_scope:
            del self.fields["scope"]

    @property
    def texts(self) -> Texts:
        """What was typed; of a valid form."""
        data = self.cleaned_data
        return Texts(data["subject"], data["opening"], data["closing"])

    def clean_subject(self) -> str:
        return self._checked("subject", one_line=True)

    def clean_opening(self) -> str:
        return self._checked("opening")

    def clean_closing(self) -> str:
        return self._checked("closing")

    def _checked(self, name: str, *, one_line: bool = False) -> str:
        try:
            return checked(
                self.cleaned_data[name],
                language=self._language,
                allowed=self._allowed,
                one_line=one_line,
            )
        except BadText as error:
            raise forms.ValidationError(error.text(translated)) from error
