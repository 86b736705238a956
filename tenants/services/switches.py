"""TEST or LIVE, and the red switch."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from tenants.announce import announce
from tenants.audit import record
from tenants.models import Business, Tenant, User
from tenants.scope import tenant_atomic
from tenants.signals import business_resumed, business_went_live


class NotReady(DomainError):
    """Something is missing before messages may leave."""


@tenant_atomic()
def go_live(*, tenant: Tenant, user: User, now: dt.datetime) -> Tenant:
    """Let messages leave from now on; what was retained in TEST mode stays here.

    Raises:
        NotReady: the business has no SIREN or address, so no lawful invoice could leave.
    """
    business = Business.objects.get()
    if not (business.siren and business.address and business.city):
        raise NotReady(_("Before you go live, fill in your SIREN and address."))
    locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if locked.mode == Tenant.Mode.TEST:
        locked.mode, locked.live_since = Tenant.Mode.LIVE, now
        locked.save(update_fields=["mode", "live_since"])
        record(act="go_live", subject=business, user=user, at=now)
        announce(business_went_live, sender=Tenant, tenant_id=locked.pk)
    return locked


@tenant_atomic()
def stop(*, tenant: Tenant, user: User, now: dt.datetime) -> Tenant:
    """Hold everything not yet handed to a mail server, at once. Stopping twice is stopping once."""
    locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if locked.stopped_at is None:
        locked.stopped_at = now
        locked.save(update_fields=["stopped_at"])
        record(act="stop", subject=Business.objects.get(), user=user, at=now)
    return locked


@tenant_atomic()
def resume(*, tenant: Tenant, user: User, now: dt.datetime) -> Tenant:
    """Let go of what is held; each message is decided afresh before it leaves."""
    locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if locked.stopped_at is not None:
        locked.stopped_at = None
        locked.save(update_fields=["stopped_at"])
        record(act="resume", subject=Business.objects.get(), user=user, at=now)
        announce(business_resumed, sender=Tenant, tenant_id=locked.pk)
    return locked
