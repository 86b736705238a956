"""A formal notice that may have left is never sent again by itself."""

import datetime as dt

from clients.models import Message
from dunning.models import Approval
from dunning.notices import prepare_notices
from dunning.services import grant, run_dunning
from tenants import clock
from tenants.scope import current_tenant, tenant_atomic
from tests.fakes.smtp import smtp_sink  # noqa: F401 -- a fixture
from tests.proof.workers import deliver, start, wait_for_no_claim
from tests.stories.conftest import story  # noqa: F401 -- a fixture

NOTICE_DAY = dt.date(2026, 4, 7)


def test_a_notice_whose_worker_was_killed_waits_for_a_human(story):  # noqa: F811
    ask_for_notices(story, clients=3)
    killed = []

    def kill_at_the_second(sink):
        if len(sink.received) == left_before + 2 and not killed:
            killed.append(worker.pid)
            worker.kill()

    left_before = len(story.sink.received)
    story.sink.on_data = kill_at_the_second
    worker = start(deliver, current_tenant().slug, NOTICE_DAY, story.sink.port)
    worker.join()
    wait_for_no_claim()
    start(deliver, current_tenant().slug, NOTICE_DAY, story.sink.port).join()

    with tenant_atomic():
        notices = Message.objects.filter(kind="FORMAL_NOTICE").order_by("pk")
        found = [(m.state, m.doubtful_since is not None) for m in notices]
    assert found == [("SENT", False), ("AMBIGUOUS", True), ("SENT", False)]
    mails = story.sink.received[left_before:]
    ids = [mail.message["Message-ID"] for mail in mails]
    assert (len(ids), len(set(ids))) == (3, 3)  # none twice


def ask_for_notices(story, *, clients):  # noqa: F811
    """Take every debt to the eve of its notice, and let the owner agree."""
    for number in range(clients):
        client = story.client(f"Garage {number}", email=f"garage{number}@client.example")
        story.invoice(client, on=dt.date(2026, 2, 2))
    for month, day in ((3, 3), (3, 6), (3, 13), (3, 20), (4, 3)):
        story.run_day(dt.date(2026, month, day))
    with story.at(NOTICE_DAY, hour=9):
        with tenant_atomic():
            for approval in Approval.objects.filter(state=Approval.State.ASKED):
                grant(approval=approval, user=None, today=NOTICE_DAY, now=clock.now())
        run_dunning(today=NOTICE_DAY)
        prepare_notices(today=NOTICE_DAY, now=clock.now())
