"""The formal notice as it is put to the owner, before anything is written."""

import datetime as dt

from dunning.notice_letters import letter_data
from dunning.proposals import propose
from invoices.documents.letter import letter_context
from tests.factories.dunning import day, late_case, walk_to_notice


def test_a_letter_proposed_in_a_half_year_of_unknown_rate_says_from_when_interest_is_reserved(
    in_acme,
):
    case = late_case()
    walk_to_notice(case, yes=False)

    notice = propose(case.client, currency="EUR", today=day(7, 15)).notice

    assert notice.reserved_from == dt.date(2026, 7, 1)
    assert letter_context(letter_data(notice))["reserved_from"] == "1er\u00a0juillet\u00a02026"
