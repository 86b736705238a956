"""The formal notice as it is put to the owner, before anything is written."""

import datetime as dt
import re
from decimal import Decimal

from dunning.drafts import draft_notice_mail
from dunning.notice_letters import letter_data
from dunning.proposals import propose
from invoices.documents.letter import letter_context
from tests.factories.dunning import NOTICE_DAY, day, late_case, walk_to_notice


def test_a_letter_proposed_in_a_half_year_of_unknown_rate_says_from_when_interest_is_reserved(
    in_acme,
):
    case = late_case()
    walk_to_notice(case, yes=False)

    notice = propose(case.client, currency="EUR", today=day(7, 15)).notice

    assert notice.reserved_from == dt.date(2026, 7, 1)
    context = letter_context(letter_data(notice))
    assert context["number"] == ""
    assert context["reserved_from"] == "1er\u00a0juillet\u00a02026"


def test_the_mail_that_carries_a_notice_adds_up_to_the_total_of_its_subject(in_acme):
    case = late_case()
    walk_to_notice(case, yes=False)

    mail = draft_notice_mail(propose(case.client, currency="EUR", today=NOTICE_DAY))

    lines = [line for line in mail.text.splitlines() if line.startswith(("- ", "Total"))]
    amounts = [Decimal(_amount(line).replace(",", ".")) for line in lines]
    assert amounts == [1200, Decimal("11.98"), 40, Decimal("1251.98")]
    assert mail.subject == "Mise en demeure de payer : 1\u00a0251,98\u00a0€"


def _amount(line):
    return re.sub(r"[^\d,]", "", line.split(" : ")[1].split("€")[0])
