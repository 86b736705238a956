"""Two workers at one outbox: each message leaves once."""

from bench.books import TODAY
from clients.models import Message
from dunning.engine import run_dunning
from tenants.scope import tenant_atomic, use_tenant
from tests.proof.workers import context, deliver, plan, start

SIZE = 100


def test_two_workers_share_an_outbox_and_send_each_message_once(book, smtp_sink):
    (tenant,) = book(due=SIZE)
    with use_tenant(tenant):
        run_dunning(today=TODAY)

    workers = [start(deliver, tenant.slug, TODAY, smtp_sink.port) for _worker in range(2)]
    for worker in workers:
        worker.join()

    ids = [mail.message["Message-ID"] for mail in smtp_sink.received]
    with use_tenant(tenant), tenant_atomic():
        sent = Message.objects.filter(kind="REMINDER", state="SENT", doubtful_since=None).count()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (sent, len(ids), len(set(ids))) == (SIZE, SIZE, SIZE)


def test_two_runs_at_once_take_each_step_once(book):
    (tenant,) = book(due=SIZE)

    begun = context.Event()
    runs = [start(plan, tenant.slug, TODAY, begun) for _run in range(2)]
    for run in runs:
        run.join()

    with use_tenant(tenant), tenant_atomic():
        messages = Message.objects.filter(kind="REMINDER")
        assert messages.values("client_id").distinct().count() == messages.count() == SIZE
    assert [run.exitcode for run in runs] == [0, 0]
