"""What a client has already answered about the debts of a link, as the page repeats it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext

from dunning.models import Case, Dispute, Promise


@dataclass(frozen=True, slots=True)
class Standing:
    """A chip and the sentence beside it."""

    chip: str
    words: str


def standing_answers(receivable_ids: Sequence[int]) -> list[Standing]:
    """What holds the reminders by the client's own word; one query, inside a scope."""
    about = {"case": OuterRef("pk"), "state": "OPEN"}
    rows = (
        Case.objects.filter(receivable__in=receivable_ids, state=Case.State.OPEN)
        .annotate(
            is_disputed=Exists(Dispute.objects.filter(**about)),
            promised_for=Promise.objects.filter(**about).values("promised_for")[:1],
        )
        .values_list("silence", "is_disputed", "promised_for")
    )
    found = list(rows)
    said = []
    if any(is_disputed for _silence, is_disputed, _day in found):
        text = gettext("You told us of a problem. Nothing is asked until we have answered you.")
        said.append(Standing("DISPUTED", text))
    if days := [day for _silence, _is_disputed, day in found if day]:
        text = gettext("You will pay on %(day)s. Thank you for telling us.")
        said.append(Standing("PROMISED", text % {"day": date_format(max(days), "DATE_FORMAT")}))
    if any(silence == "SAYS_PAID" for silence, _is_disputed, _day in found):
        text = gettext("You told us that you have paid. Thank you: we are looking for the payment.")
        said.append(Standing("SAYS_PAID", text))
    return said
