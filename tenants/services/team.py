"""Who may work in a business: invitations, roles, leaving."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from tenants.audit import record
from tenants.doors import make_door
from tenants.links import public_url
from tenants.models import Business, Door, Invitation, Membership, Role, Tenant, User
from tenants.scope import current_tenant, tenant_atomic, use_tenant

VALID_FOR = dt.timedelta(days=14)


class CannotChangeTeam(DomainError):
    """The team cannot be left like this."""


@tenant_atomic()
def invite(*, email: str, role: str, user: User, now: dt.datetime) -> Invitation:
    """Invite an address into the current business; the mail leaves after the commit.

    The mail is the only place where the key exists.

    Raises:
        CannotChangeTeam: the person is a member already.
    """
    tenant, address = current_tenant(), email.strip().lower()
    if Membership.objects.filter(tenant=tenant, user__email=address).exists():
        raise CannotChangeTeam(gettext_lazy("This person is in your team already."))
    key = secrets.token_urlsafe(32)
    door = make_door(
        kind=Door.Kind.INVITATION, key=key, target=uuid.uuid4(), expires_at=now + VALID_FOR
    )
    invitation = Invitation.objects.create(
        tenant=tenant, door=door, email=address, role=role, invited_by=user
    )
    record(
        act="invite",
        subject=Business.objects.get(),
        user=user,
        at=now,
        after={"email": address, "role": role},
    )
    transaction.on_commit(lambda: _mail(invitation, tenant, key), robust=True)
    return invitation


def accept_invitation(*, door: Door, user: User, now: dt.datetime) -> Membership:
    """Make the signed-in person a member; the door closes behind them.

    Raises:
        CannotChangeTeam: it expired, was accepted, or is addressed to somebody else.
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().select_related("tenant").get(door=door)
        if door.is_expired(now) or invitation.accepted_at is not None:
            raise CannotChangeTeam(gettext_lazy("This invitation is no longer valid."))
        if invitation.email != user.email:
            raise CannotChangeTeam(
                gettext_lazy("This invitation is for %(email)s: sign in with that address."),
                email=invitation.email,
            )
        membership, _created = Membership.objects.get_or_create(
            user=user, tenant=invitation.tenant, defaults={"role": invitation.role}
        )
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        Door.objects.filter(pk=door.pk).update(revoked_at=now)
        with use_tenant(invitation.tenant), tenant_atomic():
            record(act="join", subject=Business.objects.get(), user=user, at=now)
    return membership


@tenant_atomic()
def change_role(*, membership: Membership, role: str, user: User, now: dt.datetime) -> Membership:
    """Give a member another role.

    Raises:
        CannotChangeTeam: nobody would be left as owner.
    """
    locked = _locked(membership, leaves_owner=role == Role.OWNER)
    before, locked.role = locked.role, role
    locked.save(update_fields=["role"])
    _note("change_role", locked, user, now, before=before, after=role)
    return locked


@tenant_atomic()
def remove_member(*, membership: Membership, user: User, now: dt.datetime) -> None:
    """Take a person out of the business; what they did stays on record.

    Raises:
        CannotChangeTeam: nobody would be left as owner.
    """
    locked = _locked(membership, leaves_owner=False)
    _note("remove_member", locked, user, now, before=locked.role, after="")
    locked.delete()


def _locked(membership: Membership, *, leaves_owner: bool) -> Membership:
    Tenant.objects.select_for_update().get(pk=membership.tenant_id)
    owners = Membership.objects.filter(tenant_id=membership.tenant_id, role=Role.OWNER)
    locked = Membership.objects.select_for_update().get(pk=membership.pk)
    if locked.role == Role.OWNER and not leaves_owner and owners.count() == 1:
        raise CannotChangeTeam(gettext_lazy("A business needs at least one owner."))
    return locked


def _note(
    act: str, membership: Membership, user: User, now: dt.datetime, *, before: str, after: str
) -> None:
    record(
        act=act,
        subject=Business.objects.get(),
        user=user,
        at=now,
        before={"email": membership.user.email, "role": before},
        after={"role": after},
    )


def _mail(invitation: Invitation, tenant: Tenant, key: str) -> None:
    with translation.override(tenant.language):
        context = {
            "tenant": tenant,
            "invitation": invitation,
            "url": public_url("invitation", key, absolute=True),
        }
        send_mail(
            _("%(who)s invites you to %(business)s")
            % {"who": invitation.invited_by, "business": tenant.name},
            render_to_string("tenants/mail_invitation.txt", context),
            None,
            [invitation.email],
        )
