"""The tenant's own words: what its letters say instead of ours, around the lines that stay ours."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from clients.models import Client
from tenants.ownership import Addressable, TenantKey, same_tenant

LONGEST_SUBJECT = 150
LONGEST_OPENING = 2000
LONGEST_CLOSING = 1000


class OwnWords(Addressable):
    """One letter in one language, for one client or (without one) for all.

    A part left empty says what is said without it: for a client the words for all, else ours. What
    they were before is in the audit trail. The formal notice is not among the letters: its text is
    the law's.
    """

    class Letter(models.TextChoices):
        COMING = "COMING", pgettext_lazy("letter", "Before the due date")
        COURTEOUS = "COURTEOUS", pgettext_lazy("letter", "First reminder")
        FIRM = "FIRM", pgettext_lazy("letter", "Firm reminder")
        LAST_CALL = "LAST_CALL", pgettext_lazy("letter", "Last reminder")
        THANKS = "THANKS", pgettext_lazy("letter", "Thanks")

    client = TenantKey(Client, related_name="own_words", null=True, blank=True)
    letter = models.CharField(max_length=9, choices=Letter.choices)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)
    opening = models.CharField(max_length=LONGEST_OPENING, blank=True)
    closing = models.CharField(max_length=LONGEST_CLOSING, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client"),
            models.UniqueConstraint(
                fields=["tenant", "client", "letter", "language"],
                nulls_distinct=False,
                name="dunning_own_words_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(subject="", opening="", closing=""),
                name="dunning_own_words_say_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.language}"
