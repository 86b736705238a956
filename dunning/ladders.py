"""The ladders that come with the product; a tenant's own are copies with another key."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dunning.policy.ladder import Channel, ContactRole, Ladder, Severity, StepRule, Tone

_PRE_DUE = StepRule(
    key="PRE_DUE", offset_days=-1, gap_days=0, severity=Severity.COMING, tone=Tone.FRIENDLY
)
_FIRST = StepRule(
    key="FIRST", offset_days=2, gap_days=3, severity=Severity.COURTEOUS, tone=Tone.NEUTRAL
)
_FIRM = StepRule(
    key="FIRM",
    offset_days=9,
    gap_days=7,
    severity=Severity.FIRM,
    tone=Tone.FIRM,
    contact_role=ContactRole.ACCOUNTING,
)
_LAST_CALL = StepRule(
    key="LAST_CALL",
    offset_days=16,
    gap_days=7,
    severity=Severity.LAST_CALL,
    tone=Tone.FIRM,
    channels=(Channel.EMAIL, Channel.CALL),
    contact_role=ContactRole.DECISION_MAKER,
)
_FORMAL_NOTICE = StepRule(
    key="FORMAL_NOTICE",
    offset_days=30,
    gap_days=14,
    severity=Severity.FORMAL_NOTICE,
    tone=Tone.FORMAL,
    channels=(Channel.EMAIL, Channel.LETTER),
    contact_role=ContactRole.DECISION_MAKER,
    needs_approval=True,
    asks_late_fees=True,
)
# The gap leaves the period of the notice (8 days, 15 at most) time to run out.
_HAND_OVER = StepRule(
    key="HAND_OVER",
    offset_days=45,
    gap_days=15,
    severity=Severity.HAND_OVER,
    tone=Tone.FORMAL,
    channels=(),
)

STANDARD: Final = Ladder(
    "STANDARD", 1, (_PRE_DUE, _FIRST, _FIRM, _LAST_CALL, _FORMAL_NOTICE, _HAND_OVER)
)

# Good payers: nothing before J+5.
PATIENT: Final = Ladder(
    "PATIENT",
    1,
    (
        replace(_FIRST, offset_days=5),
        replace(_FIRM, offset_days=15, gap_days=10),
        replace(_LAST_CALL, offset_days=25, gap_days=10),
        replace(_FORMAL_NOTICE, offset_days=40, gap_days=15),
        replace(_HAND_OVER, offset_days=55),
    ),
)


def _call(after: StepRule) -> StepRule:
    """Return the call that follows an email three days later, in the same tone."""
    return replace(
        after,
        key=f"{after.key}_CALL",
        offset_days=after.offset_days + 3,
        gap_days=3,
        channels=(Channel.CALL,),
    )


_LAST_EMAIL = replace(_LAST_CALL, key="LAST", gap_days=4, channels=(Channel.EMAIL,))

# New or bad payers: one email and one call a week, which is all that the law tolerates.
FIRM: Final = Ladder(
    "FIRM",
    1,
    (
        _PRE_DUE,
        _FIRST,
        _call(_FIRST),
        replace(_FIRM, gap_days=4),
        _call(_FIRM),
        _LAST_EMAIL,
        _call(_LAST_EMAIL),
        replace(_FORMAL_NOTICE, offset_days=26, gap_days=7),
        replace(_HAND_OVER, offset_days=41),
    ),
)

# Parts of an agreed plan: a word before, one after; what follows a missed part is the owner's.
PLAN: Final = Ladder("PLAN", 1, (_PRE_DUE, _FIRST))

SHIPPED: Final = {ladder.key: ladder for ladder in (STANDARD, PATIENT, FIRM)}
