"""The evening mail: to whom, when, what it says, and what its links do."""

import datetime as dt

import pytest
from celery import current_app
from django.conf import settings as django_settings

from clients.delivery import deliver_tenant
from clients.models import Message
from dunning.models import Approval, Case
from reports.digest import queue_digests, tenants_waiting
from reports.tasks import tick_digests
from tenants import clock
from tenants.models import AuditEntry, Membership, Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant, make_user
from tests.factories.dunning import FIRST_DAY, debtor, late_case, pay, walk_to_notice

EVENING = dt.date(2026, 3, 5)  # a Thursday; the first reminder leaves on Friday
STORY_EVENING = dt.datetime(2026, 4, 7, 16, 0, tzinfo=dt.UTC)  # 18:00 in Paris, in summer
DAYS = Membership.DigestDays


def moment(day=EVENING, hour=18, minute=0):
    """That hour in Paris, before the clocks change."""
    return dt.datetime.combine(day, dt.time(hour - 1, minute), tzinfo=dt.UTC)


@pytest.fixture
def ran(acme):
    acme.last_run_on = EVENING
    acme.save()
    return acme


@pytest.fixture
def books(ran, owner):
    """A reminder leaves tomorrow, and the owner is there to hear of it."""
    with use_tenant(ran), tenant_atomic():
        late_case()
    return ran


def queue(tenant, when):
    with use_tenant(tenant):
        return queue_digests(tenant=tenant, moment=when)


def digests(tenant):
    with use_tenant(tenant), tenant_atomic():
        return list(Message.objects.filter(kind="DIGEST").order_by("id"))


def deliver(tenant, when):
    with use_tenant(tenant):
        deliver_tenant(now=when)


def settle(user, tenant, **said):
    """What that person has said about the mail."""
    Membership.objects.filter(user=user, tenant=tenant).update(**said)


# to whom and when ------------------------------------------------------------------------------


def test_the_owner_gets_it_at_six_and_a_member_who_has_said_nothing_does_not(books, member):
    assert queue(books, moment(hour=17, minute=59)) == 0
    assert queue(books, moment()) == 1
    assert [each.to_email for each in digests(books)] == ["owner@acme.example"]


def test_a_member_who_wants_it_gets_it_at_their_own_hour(books, member):
    settle(member, books, wants_digest=True, digest_hour=20)

    assert (queue(books, moment()), queue(books, moment(hour=20))) == (1, 1)
    assert [each.to_email for each in digests(books)] == [
        "owner@acme.example",
        "member@acme.example",
    ]


def test_who_has_turned_it_off_gets_none_and_an_accountant_never(books, owner, accountant):
    settle(owner, books, wants_digest=False)
    settle(accountant, books, wants_digest=True)

    assert queue(books, moment()) == 0
    assert list(tenants_waiting(moment())) == []


def test_there_is_one_a_day_and_person_however_often_the_timer_comes(books):
    assert [queue(books, moment(minute=minute)) for minute in (0, 5, 10)] == [1, 0, 0]
    assert len(digests(books)) == 1


def test_the_timer_finds_it_again_after_its_marks_are_lost_and_sends_no_second(books):
    queue(books, moment())
    Membership.objects.update(digest_on=None)

    queue(books, moment(minute=5))

    assert len(digests(books)) == 1


def test_an_hour_that_was_missed_is_caught_up_the_same_evening_only(books):
    late, next_morning = moment(hour=23), moment(FIRST_DAY, hour=9)

    assert [list(tenants_waiting(when)) for when in (next_morning, late)] == [[], [books]]


def test_an_evening_with_nothing_to_do_says_nothing_and_is_thought_of_once(ran, owner):
    assert queue(ran, moment()) == 0
    assert digests(ran) == []
    assert list(tenants_waiting(moment(minute=5))) == []


def test_money_that_came_in_alone_is_no_reason_to_write(books):
    with use_tenant(books), tenant_atomic():
        pay(Case.objects.get(), "1200", on=EVENING)

    assert queue(books, moment()) == 0


@pytest.mark.parametrize(
    ("days", "evening", "expected"),
    [
        (DAYS.BUSINESS_DAYS, dt.date(2026, 3, 6), True),  # Friday
        (DAYS.BUSINESS_DAYS, dt.date(2026, 3, 8), False),  # Sunday
        (DAYS.EVES, dt.date(2026, 3, 6), False),
        (DAYS.EVES, dt.date(2026, 3, 8), True),
        (DAYS.BUSINESS_DAYS, dt.date(2026, 5, 1), False),  # a holiday
        (DAYS.EVES, dt.date(2026, 4, 30), False),  # the eve of a holiday
    ],
)
def test_the_evenings_are_the_persons_choice(ran, owner, days, evening, expected):
    settle(owner, ran, digest_days=days)

    when = dt.datetime.combine(evening, dt.time(19), tzinfo=dt.UTC)

    assert bool(list(tenants_waiting(when))) is expected


def test_it_waits_until_the_reminders_of_the_day_have_left(books):
    Tenant.objects.update(last_run_on=None)

    waiting = [list(tenants_waiting(moment(hour=hour))) for hour in (18, 19)]

    assert waiting == [[], [books]]


def test_the_hour_is_that_of_the_tenants_own_place(books):
    Tenant.objects.update(time_zone="America/Martinique")

    waiting = [
        list(tenants_waiting(dt.datetime(2026, 3, 5, hour, 30, tzinfo=dt.UTC))) for hour in (18, 22)
    ]

    assert waiting == [[], [books]]


@pytest.mark.django_db(transaction=True)
def test_the_timer_writes_to_each_tenant_that_has_something_to_hear():
    tenants = [make_tenant(slug, last_run_on=EVENING) for slug in ("acme", "globex", "quiet")]
    for tenant in tenants:
        make_user(f"owner@{tenant.slug}.example", tenant, Role.OWNER)
    for tenant in tenants[:2]:
        with use_tenant(tenant), tenant_atomic():
            late_case()
    current_app.conf.task_always_eager = True
    try:
        with clock.as_of(moment()):
            tick_digests()
            tick_digests()
    finally:
        current_app.conf.task_always_eager = False

    written = [[each.to_email for each in digests(tenant)] for tenant in tenants]
    assert written == [["owner@acme.example"], ["owner@globex.example"], []]


# what it says ----------------------------------------------------------------------------------


@pytest.fixture
def story(transactional_db, smtp_sink):
    """A business in test mode whose formal notice waits for a yes, and a reminder leaves."""
    tenant = make_tenant("atelier", name="Atelier Morel", language="fr")
    user = make_user("lea@morel.example", tenant, Role.OWNER)
    with use_tenant(tenant), tenant_atomic():
        walk_to_notice(late_case(), yes=False)
        late_case(
            debtor("Cabinet Audrain", email="compta@audrain.example"),
            on=dt.date(2026, 3, 10),
            net="500",
        )
    Tenant.objects.update(last_run_on=STORY_EVENING.date())
    tenant.refresh_from_db()
    return tenant, user, smtp_sink


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        (
            "fr",
            "1 relance part demain",
            ("Bonsoir Lea,", "Ce qui part demain", "Cabinet Audrain", "Mode test", "Qui"),
        ),
        (
            "en",
            "1 reminder leaves tomorrow",
            ("Good evening Lea,", "What leaves tomorrow", "Cabinet Audrain", "Test mode", "Who"),
        ),
    ],
)
def test_it_says_what_leaves_and_what_waits_natively(story, language, subject, said):
    tenant, user, sink = story
    user.language = language
    user.save()

    queue(tenant, STORY_EVENING)
    deliver(tenant, STORY_EVENING)

    (mail,) = sink.received
    html, text = mail.body("html"), mail.body()
    assert mail.recipients == ["lea@morel.example"]
    assert mail.subject.startswith(subject)
    assert [words in html for words in said] == [True] * len(said)
    assert [words in text for words in said[:-1]] == [True] * (len(said) - 1)
    with use_tenant(tenant), tenant_atomic():
        approval = Approval.objects.get(state="ASKED")
    page = f"{django_settings.SITE_URL}/t/atelier/dunning/approvals/{approval.public_id}/"
    assert (page in text, page in html, "Garage Morvan" in text) == (True, True, True)


def test_a_mail_in_test_mode_and_while_all_is_stopped_leaves_too(story):
    tenant, _user, sink = story
    Tenant.objects.update(stopped_at=STORY_EVENING)
    tenant.refresh_from_db()

    queue(tenant, STORY_EVENING)
    deliver(tenant, STORY_EVENING)

    assert [mail.subject for mail in sink.received] == ["Ce soir : 1 point à voir"]
    assert "Tout est arrêté" in sink.received[0].body()


def test_the_message_holds_no_secret(story):
    tenant, _user, sink = story
    queue(tenant, STORY_EVENING)
    deliver(tenant, STORY_EVENING)

    links = {
        word.strip()
        for word in sink.received[0].body().split()
        if word.startswith(django_settings.SITE_URL)
    }
    with use_tenant(tenant), tenant_atomic():
        approval = Approval.objects.get(state="ASKED").public_id

    base = f"{django_settings.SITE_URL}/t/atelier"
    assert links == {
        f"{base}/evening/",
        f"{base}/evening/mail/",
        f"{base}/dunning/approvals/{approval}/",
    }


def written(tenant, when=None):
    """Queue it, and say how it ended when the post came."""
    queue(tenant, moment())
    deliver(tenant, when or moment(minute=1))
    return [(each.state, each.reason) for each in digests(tenant)]


def test_without_a_mail_server_it_is_kept_to_be_read(books, settings):
    settings.MAIL_IS_SET = False

    assert written(books) == [("KEPT", "")]


def test_it_is_not_sent_on_the_morning_after(books, smtp_sink):
    assert written(books, moment(FIRST_DAY, hour=8)) == [("CANCELLED", "The evening has passed.")]


def test_money_that_comes_before_the_post_leaves_nothing_to_say(books, smtp_sink):
    queue(books, moment())
    with use_tenant(books), tenant_atomic():
        pay(Case.objects.get(), "1200", on=EVENING)

    deliver(books, moment(minute=1))

    assert [each.state for each in digests(books)] == ["CANCELLED"]
    assert smtp_sink.received == []


def test_who_has_left_the_business_before_the_post_is_told_nothing(books, member, smtp_sink):
    settle(member, books, wants_digest=True)
    queue(books, moment())
    Membership.objects.filter(user=member).delete()

    deliver(books, moment(minute=1))

    assert [mail.recipients for mail in smtp_sink.received] == [["owner@acme.example"]]


# its links -------------------------------------------------------------------------------------


@pytest.fixture
def link(acme, owner, settings):
    """The page that a question in the mail leads to."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
    with use_tenant(acme), tenant_atomic():
        approval = walk_to_notice(late_case(), yes=False)
    return f"/t/acme/dunning/approvals/{approval.public_id}/"


def asked(tenant):
    with use_tenant(tenant), tenant_atomic():
        return Approval.objects.filter(state="ASKED").count()


def test_opened_twice_it_asks_twice_and_does_nothing(client, acme, owner, link):
    client.force_login(owner, django_settings.AUTHENTICATION_BACKENDS[0])

    with clock.as_of(STORY_EVENING):
        statuses = [client.get(link).status_code for _ in range(2)]

    assert (statuses, asked(acme)) == ([200, 200], 1)


def test_opened_after_the_answer_it_says_so(client, acme, owner, link):
    client.force_login(owner, django_settings.AUTHENTICATION_BACKENDS[0])
    with use_tenant(acme), tenant_atomic():
        Approval.objects.update(state="REFUSED")

    assert client.get(link).url == "/t/acme/dunning/approvals/"


def test_opened_by_nobody_it_asks_who_is_there(client, acme, link):
    answer = client.get(link)

    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next={link}"


def test_opened_by_someone_else_it_is_not_there(client, acme, stranger, link):
    client.force_login(stranger, django_settings.AUTHENTICATION_BACKENDS[0])

    assert [client.get(path).status_code for path in (link, "/t/acme/evening/")] == [404, 404]


# everybody's own choice ------------------------------------------------------------------------


def test_a_member_says_on_the_page_when_they_want_it(client, acme, member, link):
    client.force_login(member, django_settings.AUTHENTICATION_BACKENDS[0])

    client.post("/t/acme/evening/mail/", {"is_wanted": "on", "hour": "20", "days": "EVES"})

    found = Membership.objects.get(user=member)
    assert (found.gets_digest, found.digest_hour, found.digest_days) == (True, 20, "EVES")
    with use_tenant(acme), tenant_atomic():
        entry = AuditEntry.objects.get(act="digest_changed")
    assert (entry.before["is_wanted"], entry.after["is_wanted"]) == (False, True)


@pytest.mark.parametrize("wrong", [{"hour": "3"}, {"hour": "x"}, {"days": "NEVER"}])
def test_an_hour_of_the_night_is_refused(client, acme, owner, link, wrong):
    client.force_login(owner, django_settings.AUTHENTICATION_BACKENDS[0])
    form = {"is_wanted": "on", "hour": "18", "days": "EVES", **wrong}

    answer = client.post("/t/acme/evening/mail/", form)

    assert answer.status_code == 422
    assert Membership.objects.get(user=owner).wants_digest is None
