"""A firm step answered from the evening mail: one person, one question, three days, one answer."""

import datetime as dt
import re

import pytest
from django.conf import settings as django_settings

from clients.delivery import deliver_tenant
from clients.models import Message
from dunning.approval_links import approval_placeholder
from dunning.imports import forget_cases
from dunning.models import Approval, ApprovalLink, Case
from reports.digest import queue_digests
from tenants import clock
from tenants.models import AuditEntry, Membership, Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_user
from tests.factories.dunning import (
    FIRM_DAY,
    FIRST_DAY,
    at,
    debtor,
    late_case,
    pay,
    run,
    taken,
    walk_to_notice,
)

LINK = re.compile(r"/d/[\w-]{43}/")
DAYS_3 = dt.timedelta(days=3)


@pytest.fixture
def sink(smtp_sink, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return smtp_sink


@pytest.fixture
def evening(acme):
    """Six o'clock on the day on which the firm step was asked about."""
    acme.mode, acme.last_run_on = Tenant.Mode.LIVE, FIRM_DAY
    acme.save()
    with use_tenant(acme):
        with tenant_atomic():
            case = late_case(debtor(firm_steps_alone=False))
            taken(case, "FIRST", FIRST_DAY)
        run(FIRM_DAY)
        return at(FIRM_DAY, 18)


@pytest.fixture
def mailed(acme, owner, evening, sink):
    """`mailed()`: the links of the evening mail that has left."""
    with use_tenant(acme):
        queue_digests(tenant=acme, moment=evening)
        deliver_tenant(now=evening)
    return LINK.findall(sink.received[-1].body())


@pytest.fixture
def link(mailed):
    (found,) = mailed
    return found


def asked(tenant):
    with use_tenant(tenant), tenant_atomic():
        return list(Approval.objects.values_list("state", "answered_by__email"))


def test_it_is_read_without_signing_in_and_opening_it_changes_nothing(client, acme, evening, link):
    with clock.as_of(evening):
        answers = [client.get(link) for _ in range(2)]

    page = answers[1].content.decode()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Firm reminder · Garage Morvan" in page
    assert "Impayé depuis le 4 mars 2026" in page.replace("\xa0", " ")
    assert answers[0].headers["Cache-Control"] == "no-store, private"
    assert asked(acme) == [("ASKED", None)]


def test_a_yes_is_the_readers_and_the_step_leaves(client, acme, evening, link, sink):
    with clock.as_of(evening):
        answer = client.post(link, {"answer": "yes"})
    with use_tenant(acme):
        run(FIRM_DAY, hour=18)
        deliver_tenant(now=evening)

    assert "Approved. It leaves today if nothing changes before." in answer.content.decode()
    assert asked(acme) == [("GRANTED", "owner@acme.example")]
    assert sink.received[-1].recipients == ["compta@morvan.example"]
    with use_tenant(acme), tenant_atomic():
        assert AuditEntry.objects.get(act="approve_step").user.email == "owner@acme.example"


def test_a_no_silences_the_debt(client, acme, evening, link):
    with clock.as_of(evening):
        answer = client.post(link, {"answer": "no"})

    assert "It is not sent." in answer.content.decode()
    assert asked(acme) == [("REFUSED", "owner@acme.example")]
    with use_tenant(acme), tenant_atomic():
        assert Case.objects.get().silence == "PAUSED"


def test_a_button_that_is_neither_says_no_to_nothing(client, acme, evening, link):
    with clock.as_of(evening):
        answer = client.post(link, {})

    assert (answer.status_code, asked(acme)) == (200, [("ASKED", None)])


def test_clicked_twice_it_has_been_answered(client, acme, evening, link):
    with clock.as_of(evening):
        client.post(link, {"answer": "yes"})
        again = client.post(link, {"answer": "no"})
        read = client.get(link)

    assert (again.status_code, read.status_code) == (409, 409)
    assert "This question has been answered" in read.content.decode()
    assert asked(acme) == [("GRANTED", "owner@acme.example")]


def test_money_that_came_meanwhile_leaves_nothing_to_answer(client, acme, evening, link):
    with use_tenant(acme), tenant_atomic():
        pay(Case.objects.get(), "1200", on=FIRM_DAY)

    with clock.as_of(evening):
        answer = client.post(link, {"answer": "yes"})

    assert answer.status_code == 409
    assert asked(acme) == [("LAPSED", None)]


def test_after_three_days_it_has_expired(client, acme, evening, link):
    with clock.as_of(evening + DAYS_3):
        answers = [client.get(link), client.post(link, {"answer": "yes"})]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert asked(acme) == [("ASKED", None)]


def test_who_is_signed_in_as_somebody_else_may_not(client, acme, evening, link):
    other = make_user("other@acme.example", acme, Role.OWNER)
    client.force_login(other, django_settings.AUTHENTICATION_BACKENDS[0])

    with clock.as_of(evening):
        answers = [client.get(link), client.post(link, {"answer": "yes"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Garage Morvan" not in answers[0].content.decode()
    assert asked(acme) == [("ASKED", None)]


@pytest.mark.parametrize("change", [{"role": Role.ACCOUNTANT}, None])
def test_who_may_not_write_there_any_more_finds_nothing(client, acme, evening, link, change):
    rows = Membership.objects.filter(user__email="owner@acme.example", tenant=acme)
    rows.update(**change) if change else rows.delete()

    with clock.as_of(evening):
        answers = [client.get(link), client.post(link, {"answer": "yes"})]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_each_reader_has_a_link_of_their_own(acme, owner, member, evening, sink):
    Membership.objects.filter(user=member).update(wants_digest=True)
    with use_tenant(acme):
        queue_digests(tenant=acme, moment=evening)
        deliver_tenant(now=evening)

    links = {link for mail in sink.received for link in LINK.findall(mail.body())}

    assert len(links) == 2


def test_a_stored_copy_of_the_mail_opens_nothing(acme, mailed):
    with use_tenant(acme), tenant_atomic():
        stored = Message.objects.get(kind="DIGEST")
        (row,) = ApprovalLink.objects.all()

    assert LINK.findall(stored.body_text + stored.body_html) == []
    assert f"[[approval:{row.public_id}]]" in stored.body_text
    assert mailed != []


def test_an_import_that_is_undone_takes_its_questions_and_their_links_along(in_acme, owner):
    case = late_case()
    approval = Approval.objects.create(case=case, step="FIRM", cycle=1, asked_on=FIRM_DAY)
    approval_placeholder(approval_id=approval.pk, user_id=owner.pk, now=at(FIRM_DAY))

    forget_cases([case.receivable_id])

    assert (Approval.objects.count(), ApprovalLink.objects.count()) == (0, 0)


def test_a_pay_link_is_no_key_to_a_question_nor_the_other_way(client, acme, evening, link):
    with clock.as_of(evening):
        answer = client.get(link.replace("/d/", "/p/"))

    assert answer.status_code == 404


def test_a_formal_notice_is_answered_on_its_own_page(acme, owner, sink):
    with use_tenant(acme):
        with tenant_atomic():
            walk_to_notice(late_case(), yes=False)
        moment = dt.datetime(2026, 4, 7, 16, 0, tzinfo=dt.UTC)
        Tenant.objects.filter(pk=acme.pk).update(last_run_on=moment.date())
        acme.refresh_from_db()
        queue_digests(tenant=acme, moment=moment)
        deliver_tenant(now=moment)

    body = sink.received[-1].body()
    assert LINK.findall(body) == []
    assert "/t/acme/dunning/approvals/" in body
