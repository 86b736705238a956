"""Anything said between a tenant and a client: the outbox, the delivery states and the proof."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client, Person
from tenants.models import StoredFile, User
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant


class Message(Addressable):
    """One email, call, letter or note, in either direction.

    `kind` names what registered its gate and its rendering (`clients.kinds`). `facts` is what the
    kind needs to find its rows again. `frozen_at` is the Date header; from the moment a message
    has left, or may have, a trigger refuses any change of what was said: the bytes can be made
    again. Pay links are stored as a placeholder, so a stored copy opens nothing.
    `client` is empty only for mail to the tenant itself (test mail, digest), whose address is
    known from the start.
    """

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", _("Email")
        CALL = "CALL", _("Call")
        LETTER = "LETTER", _("Letter")
        REGISTERED_LETTER = "REGISTERED_LETTER", _("Registered letter")
        PORTAL = "PORTAL", _("Client page")
        NOTE = "NOTE", _("Note")

    class Direction(models.TextChoices):
        OUT = "OUT", _("Sent")
        IN = "IN", _("Received")

    class State(models.TextChoices):
        TODO = "TODO", _("To do by hand")
        QUEUED = "QUEUED", _("Waiting to leave")
        CLAIMED = "CLAIMED", _("Being prepared")
        SENDING = "SENDING", _("Leaving")
        SENT = "SENT", _("Sent")
        KEPT = "KEPT", _("Kept here: no mail server is set")
        RETAINED = "RETAINED", _("Retained by test mode")
        FAILED = "FAILED", _("Refused")
        BOUNCED = "BOUNCED", _("Bounced")
        CANCELLED = "CANCELLED", _("Cancelled")
        AMBIGUOUS = "AMBIGUOUS", _("In doubt")
        DONE = "DONE", _("Done")

    # typed as present: only mail to the tenant itself has none, and its kinds do not ask for it
    client: TenantKey[Client | None, Client] = TenantKey(  # type: ignore[misc]
        Client, related_name="messages", null=True, blank=True
    )
    person = TenantKey(Person, related_name="+", null=True, blank=True)
    kind = models.CharField(max_length=30)
    channel = models.CharField(max_length=18, choices=Channel.choices, default=Channel.EMAIL)
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    language = models.CharField(max_length=2, default="fr")
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    unique_key = models.CharField(max_length=80, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    send_on = models.DateField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claim_id = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    to_email = models.EmailField(blank=True)
    to_name = models.CharField(max_length=150, blank=True)
    bcc = models.CharField(max_length=254, blank=True)
    from_header = models.CharField(max_length=500, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    file_count = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=120, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    doubtful_since = models.DateTimeField(null=True, blank=True)
    server_answer = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client", "person"),
            models.UniqueConstraint(
                fields=["tenant", "unique_key"],
                condition=~models.Q(unique_key=""),
                name="clients_message_unique_key",
            ),
            models.CheckConstraint(
                condition=models.Q(client__isnull=False) | ~models.Q(to_email=""),
                name="clients_message_addressee",
            ),
            models.CheckConstraint(
                condition=~models.Q(channel="EMAIL", direction="OUT")
                | ~models.Q(state__in=["SENDING", "SENT", "KEPT", "RETAINED", "AMBIGUOUS"])
                | models.Q(frozen_at__isnull=False),
                name="clients_message_frozen",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["CLAIMED", "SENDING"])
                | models.Q(claim_id__isnull=False),
                name="clients_message_claimed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(state__in=["QUEUED", "CLAIMED", "SENDING"]),
                name="clients_message_outbox",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(state__in=["TODO", "AMBIGUOUS", "FAILED", "BOUNCED"]),
                name="clients_message_todo",
            ),
            models.Index(fields=["tenant", "client", "-id"], name="clients_message_timeline"),
            models.Index(fields=["tenant", "-id"], name="clients_message_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Attachment(TenantOwned):
    """A file that left with a message, by its content."""

    message = TenantKey(Message, related_name="attachments")
    file = TenantKey(StoredFile, related_name="+")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("message", "file"),
            models.UniqueConstraint(
                fields=["tenant", "message", "position"], name="clients_attachment_position"
            ),
        ]

    def __str__(self) -> str:
        return self.name
