"""Formal notices (mises en demeure): what was claimed, word for word."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from clients.models import Client, Message
from tenants.models import StoredFile
from tenants.ownership import Addressable, TenantKey, same_tenant


class Notice(Addressable):
    """One formal notice to a client: an email, a letter to post, and the PDF of both.

    `claims` are its lines, frozen: principal, interest with its segments, indemnity, per debt. It
    is numbered in a register of its own, never in the series of invoices. `given_up` are the
    claims (ids of receivables) that its withdrawal waived.
    """

    client = TenantKey(Client, related_name="notices")
    message = TenantKey(Message, related_name="notices")
    number = models.CharField(max_length=35)
    written_on = models.DateField()
    deadline_on = models.DateField()
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    principal = models.DecimalField(max_digits=14, decimal_places=2)
    interest = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    indemnity = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    reserved_from = models.DateField(null=True, blank=True)
    claims = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    document = TenantKey(StoredFile, related_name="+", null=True, blank=True)
    given_up = ArrayField(models.BigIntegerField(), default=list, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client", "message", "document"),
            models.UniqueConstraint(fields=["tenant", "message"], name="dunning_notice_once"),
            models.UniqueConstraint(fields=["tenant", "number"], name="dunning_notice_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Decimal:
        return self.principal + self.interest + self.indemnity

    @property
    def file_name(self) -> str:
        return f"{self.number}.pdf"
