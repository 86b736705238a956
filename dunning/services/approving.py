"""A human's word: on a client's ladder once, on each firm step, on every formal notice."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.services import update_client
from core.errors import DomainError
from dunning.cases import decide_anew, decide_clients_anew, profile_of
from dunning.models import Approval, Profile
from dunning.notices import Ticks
from dunning.services.silencing import pause
from invoices.ledger import lock_client
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic
from tenants.wake import wake


class CannotApprove(DomainError):
    """The question is no longer open."""


def is_kind_guessed(client: Client) -> bool:
    """Whether nothing says that this client is a business, as which it is treated.

    Its kind switches the legal regime, so that nothing leaves before the owner has said it.
    """
    known = client.siren or client.siret or client.vat_number
    return client.kind == Client.Kind.BUSINESS and not known


@tenant_atomic()
def approve_ladder(
    *,
    client: Client,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
    firm_steps_alone: bool = False,
    kind: str = "",
    key: uuid.UUID | None = None,
) -> Profile:
    """Agree once to a client's dated ladder: J-1, J+2 and the thank-you then leave alone.

    With `firm_steps_alone` the firmer emails leave alone too; the formal notice never does. `kind`
    is what the owner says the client is, where he was asked (`is_kind_guessed`). `key` names the
    gesture: `undo_plan` takes the first yes back, not a later change of mind about firm steps.
    """
    lock_client(client.pk)
    if kind and kind != client.kind:
        update_client(client=client, facts={"kind": kind}, user=user, now=now)
    profile = profile_of(client.pk)
    profile.agreed_with = key if profile.approved_at is None else None
    profile.approved_at, profile.approved_by = now, user
    profile.firm_steps_alone = firm_steps_alone
    profile.save(update_fields=["approved_at", "approved_by", "firm_steps_alone", "agreed_with"])
    record(
        act="approve_ladder",
        subject=client,
        user=user,
        at=now,
        after={"firm_steps_alone": firm_steps_alone},
    )
    decide_clients_anew([client.pk], today=today)
    return profile


@tenant_atomic()
def grant(
    *,
    approval: Approval,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
    claims_principal: bool = True,
    claims_late_fees: bool = True,
    claims_indemnity: bool = True,
) -> Approval:
    """Say yes to one step; it leaves today if it still may, unless something has changed by then.

    The ticks say what a formal notice claims of this debt.

    Raises:
        CannotApprove: answered already, asked afresh, or nothing is claimed.
    """
    locked = _asked(approval)
    if not (claims_principal or claims_late_fees or claims_indemnity):
        raise CannotApprove(_("Tick at least one thing to claim, or leave this debt out."))
    locked.state = Approval.State.GRANTED
    locked.answered_on, locked.answered_by = today, user
    locked.claims_principal = claims_principal
    locked.claims_late_fees = claims_late_fees
    locked.claims_indemnity = claims_indemnity
    locked.save()
    record(
        act="approve_step",
        subject=locked.case,
        user=user,
        at=now,
        after={
            "step": locked.step,
            "principal": claims_principal,
            "late_fees": claims_late_fees,
            "indemnity": claims_indemnity,
        },
    )
    decide_anew([locked.case_id], today=today)
    wake("dunning.tasks.dun_tenant")
    return locked


@tenant_atomic()
def grant_notice(
    *,
    client: Client,
    ticks: Mapping[str, Ticks],
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> list[Approval]:
    """Say yes to the formal notice to a client: to the debts that have a tick, by public id.

    A debt without a tick stays asked: it is left out of this notice.

    Raises:
        CannotApprove: nothing is ticked at all, or the question is no longer open.
    """
    asked = Approval.objects.select_related("case").filter(
        case__client=client, step="FORMAL_NOTICE", state=Approval.State.ASKED
    )
    none = Ticks(principal=False, late_fees=False, indemnity=False)
    wanted = [
        (approval, ticks.get(str(approval.public_id), none)) for approval in asked.order_by("id")
    ]
    wanted = [(approval, each) for approval, each in wanted if each.any]
    if not wanted:
        raise CannotApprove(_("Tick at least one thing to claim."))
    return [
        grant(
            approval=approval,
            user=user,
            today=today,
            now=now,
            claims_principal=each.principal,
            claims_late_fees=each.late_fees,
            claims_indemnity=each.indemnity,
        )
        for approval, each in wanted
    ]


@tenant_atomic()
def refuse(*, approval: Approval, user: User | None, today: dt.date, now: dt.datetime) -> Approval:
    """Say no to one step: the case waits, silent, until the owner resumes it.

    Raises:
        CannotApprove: answered already, or asked afresh.
    """
    locked = _asked(approval)
    locked.state = Approval.State.REFUSED
    locked.answered_on, locked.answered_by = today, user
    locked.save(update_fields=["state", "answered_on", "answered_by"])
    record(act="refuse_step", subject=locked.case, user=user, at=now, after={"step": locked.step})
    pause(
        client=locked.case.client,
        case=locked.case,
        until=None,
        reason=str(_("You said no to this step.")),
        user=user,
        today=today,
        now=now,
    )
    return locked


def _asked(approval: Approval) -> Approval:
    lock_client(approval.case.client_id)
    locked = Approval.objects.select_for_update().get(pk=approval.pk)
    if locked.state != Approval.State.ASKED:
        raise CannotApprove(_("This question has been answered, or is asked afresh."))
    return locked
