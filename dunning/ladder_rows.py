"""Ladders as rows: written once per version, read back as `dunning.policy` has them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from dunning.ladders import PLAN, SHIPPED
from dunning.models import Policy, Step
from dunning.policy import Channel, ContactRole, Ladder, Severity, StepRule, Tone
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id, tenant_atomic

_READ: Final = """
    SELECT p.key, p.version, s.key, s.offset_days, s.gap_days, s.severity, s.tone, s.channels,
        s.contact_role, s.minimum_amount, s.needs_approval, s.asks_late_fees
    FROM dunning_policy p
    LEFT JOIN dunning_step s ON s.tenant_id = p.tenant_id AND s.policy_id = p.id
    WHERE p.tenant_id = %(tenant)s::bigint AND p.id = %(policy)s::bigint
    ORDER BY s.position
"""


class _StepColumns(NamedTuple):
    """The columns of a step in `_READ`, in their order."""

    key: str
    offset_days: int
    gap_days: int
    severity: int
    tone: str
    channels: list[str]
    contact_role: str
    minimum_amount: Decimal
    needs_approval: bool
    asks_late_fees: bool


def ladder_of(policy_id: int) -> Ladder:
    """The ladder of a policy; kept in memory, because a version never changes once used."""
    return _ladder(scoped_tenant_id(), policy_id)


@tenant_atomic()
def write_ladder(ladder: Ladder, *, name: str) -> Policy:
    """Keep a ladder as a policy of the current tenant; the same key and version only once."""
    policy, is_new = Policy.objects.get_or_create(
        key=ladder.key, version=ladder.version, defaults={"name": name}
    )
    if is_new:
        Step.objects.bulk_create(
            _row(policy, position, step) for position, step in enumerate(ladder.steps)
        )
    return policy


def write_shipped_ladders() -> None:
    """Give a new tenant every ladder that comes with the product."""
    for ladder in SHIPPED.values():
        write_ladder(ladder, name=ladder.key.title())


def standard_policy() -> Policy:
    """The tenant's newest *Standard* policy."""
    return Policy.objects.filter(key="STANDARD").order_by("-version")[:1].get()


def plan_policy() -> Policy:
    """The ladder of the parts of agreed plans; a tenant has it from its first plan on."""
    return write_ladder(PLAN, name=PLAN.key.title())


@lru_cache(maxsize=4096)
def _ladder(tenant_id: int, policy_id: int) -> Ladder:
    rows = fetch_prepared(_READ, {"tenant": tenant_id, "policy": policy_id})
    if not rows:
        raise Policy.DoesNotExist
    key, version = rows[0][:2]
    steps = [_StepColumns._make(row[2:]) for row in rows]
    return Ladder(key, version, tuple(_rule(step) for step in steps if step.key))


def _rule(row: _StepColumns) -> StepRule:
    return StepRule(
        key=row.key,
        offset_days=row.offset_days,
        gap_days=row.gap_days,
        severity=Severity(row.severity),
        tone=Tone(row.tone),
        channels=tuple(Channel(channel) for channel in row.channels),
        contact_role=ContactRole(row.contact_role),
        minimum_amount=row.minimum_amount,
        needs_approval=row.needs_approval,
        asks_late_fees=row.asks_late_fees,
    )


def _row(policy: Policy, position: int, step: StepRule) -> Step:
    return Step(
        policy=policy,
        position=position,
        key=step.key,
        offset_days=step.offset_days,
        gap_days=step.gap_days,
        severity=step.severity,
        tone=step.tone,
        channels=list(step.channels),
        contact_role=step.contact_role,
        minimum_amount=step.minimum_amount,
        needs_approval=step.needs_approval,
        asks_late_fees=step.asks_late_fees,
    )
