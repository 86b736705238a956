"""Workers that die with messages in their hands."""

import uuid

import pytest

from clients.delivery import deliver_tenant
from clients.models import Message
from tenants.scope import OpenScopeError, tenant_atomic
from tests.clients.delivery.outbox import MINUTE, NOW, State, deliver, fresh, queue, queue_kind


def leave_behind(message, state, claim_id, **fields):
    """What a killed worker leaves in the table."""
    with tenant_atomic():
        Message.objects.filter(pk=message.pk).update(
            state=state, claim_id=claim_id, claimed_at=NOW, **fields
        )


def test_after_a_crash_only_the_message_that_was_leaving_is_in_doubt(dupont, smtp_sink):
    leaving, behind = queue(dupont, 2)
    dead = uuid.uuid4()
    leave_behind(leaving, State.SENDING, dead, frozen_at=NOW, to_email="a@b.example", subject="n0")
    leave_behind(behind, State.CLAIMED, dead)

    report = deliver_tenant(now=NOW + MINUTE)

    assert (report.recovered, report.states) == (1, {"SENT": 2})
    assert fresh(leaving).doubtful_since == NOW + MINUTE
    assert fresh(behind).doubtful_since is None


def test_after_a_crash_a_formal_notice_waits_for_a_human(dupont, smtp_sink):
    notice = queue_kind(dupont, when_doubtful="ASK")
    leave_behind(notice, State.SENDING, uuid.uuid4(), frozen_at=NOW)

    assert deliver() == {}
    assert fresh(notice).state == State.AMBIGUOUS
    assert smtp_sink.connections == 0


def test_the_claim_of_a_living_worker_is_left_alone(dupont, smtp_sink, django_db_blocker):
    import psycopg
    from django.db import connection

    from clients.claims import _key

    message, alive = queue(dupont), uuid.uuid4()
    leave_behind(message, State.CLAIMED, alive)
    info = connection.connection.info
    with psycopg.connect(
        host=info.host, port=info.port, dbname=info.dbname, user=info.user
    ) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [_key(alive)])
        assert deliver() == {}
        assert fresh(message).state == State.CLAIMED
    with connection.cursor() as cursor:  # the server lets go a moment after the client has gone
        cursor.execute("SELECT pg_advisory_lock(%s)", [_key(alive)])
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(alive)])

    assert deliver() == {"SENT": 1}


def test_behind_a_pooler_a_claim_dies_with_its_lease(dupont, smtp_sink, monkeypatch):
    from django.db import connection

    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    message = queue(dupont)
    leave_behind(message, State.CLAIMED, uuid.uuid4())

    assert deliver(NOW + 15 * MINUTE) == {}
    assert deliver(NOW + 16 * MINUTE) == {"SENT": 1}


def test_no_network_while_a_transaction_is_open(dupont):
    with tenant_atomic(), pytest.raises(OpenScopeError):
        deliver_tenant(now=NOW)
