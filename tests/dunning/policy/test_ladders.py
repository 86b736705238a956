"""The ladders that come with the product, and what no ladder may be."""

from dataclasses import replace
from itertools import pairwise

import pytest

from core.errors import DomainError
from dunning.ladders import FIRM, PATIENT, SHIPPED, STANDARD
from dunning.policy import Channel, ContactRole, Severity, Tone

PRE_DUE, FIRST, FIRMER, LAST_CALL, NOTICE, HAND_OVER = STANDARD.steps


def test_the_standard_ladder_is_the_one_promised():
    assert [(step.key, step.label, step.gap_days, step.tone) for step in STANDARD.steps] == [
        ("PRE_DUE", "J-1", 0, Tone.FRIENDLY),
        ("FIRST", "J+2", 3, Tone.NEUTRAL),
        ("FIRM", "J+9", 7, Tone.FIRM),
        ("LAST_CALL", "J+16", 7, Tone.FIRM),
        ("FORMAL_NOTICE", "J+30", 14, Tone.FORMAL),
        ("HAND_OVER", "J+45", 15, Tone.FORMAL),
    ]


def test_the_last_reminder_is_a_call_and_a_mail_to_who_decides():
    assert LAST_CALL.channels == (Channel.EMAIL, Channel.CALL)
    assert LAST_CALL.contact_role == ContactRole.DECISION_MAKER


def test_late_fees_are_asked_in_the_formal_notice_alone():
    asking = [step.key for step in STANDARD.steps if step.asks_late_fees]

    assert asking == ["FORMAL_NOTICE"]


def test_good_payers_hear_nothing_before_the_fifth_day():
    assert [step.label for step in PATIENT.steps] == ["J+5", "J+15", "J+25", "J+40", "J+55"]


def test_bad_payers_get_one_mail_and_one_call_a_week():
    reminders = [step for step in FIRM.steps if Severity.COMING < step.severity < NOTICE.severity]

    assert [(step.label, step.channels) for step in reminders] == [
        ("J+2", (Channel.EMAIL,)),
        ("J+5", (Channel.CALL,)),
        ("J+9", (Channel.EMAIL,)),
        ("J+12", (Channel.CALL,)),
        ("J+16", (Channel.EMAIL,)),
        ("J+19", (Channel.CALL,)),
    ]


def test_the_steps_of_a_ladder_leave_room_for_the_next_to_come_on_its_day():
    for ladder in SHIPPED.values():
        steps = [step for step in ladder.steps if not step.is_pre_due]
        for earlier, later in pairwise(steps):
            assert later.offset_days - earlier.offset_days == later.gap_days


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ((FIRMER, FIRST), "Step J+2 must come after the one before it."),
        ((FIRST, replace(FIRMER, gap_days=0)), "Step J+9 must come after the one before it."),
        (
            (FIRMER, replace(FIRST, offset_days=20)),
            "Step J+20 is milder than the one before it.",
        ),
        (
            (replace(NOTICE, needs_approval=False),),
            "A formal notice and what follows it always need your approval.",
        ),
        (
            (replace(HAND_OVER, channels=(Channel.EMAIL,)),),
            "A formal notice and what follows it always need your approval.",
        ),
        ((FIRST, replace(FIRMER, key="FIRST")), "Two steps of a ladder cannot have the same key."),
        (
            (replace(FIRST, offset_days=-2),),
            "A step before the due date announces; one after it reminds.",
        ),
        (
            (replace(PRE_DUE, offset_days=0),),
            "A step before the due date announces; one after it reminds.",
        ),
    ],
)
def test_a_ladder_that_would_do_harm_is_refused(steps, sentence):
    with pytest.raises(DomainError) as refusal:
        replace(STANDARD, steps=steps)

    assert str(refusal.value) == sentence
