"""The demonstration: loaded through the real services, once, and never beside real businesses."""

import json

import pytest
from django.core.management import CommandError, call_command

from clients.models import Message
from dunning.models import Approval, Case
from invoices.models import Invoice, Receivable
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant


def load(capsys, *args):
    call_command("load_demo", "--json", *args)
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_shows_every_state_of_a_debt_and_loads_once(capsys):
    first = load(capsys)

    with use_tenant(Tenant.objects.get()), tenant_atomic():
        states = set(Case.objects.filter(state="OPEN").values_list("silence", flat=True))
        assert {"DISPUTED", "PAUSED", "PROMISED", "AWAITING_APPROVAL"} <= states
        asked = Approval.objects.filter(state="ASKED").values_list("step", flat=True)
        assert set(asked) == {"FORMAL_NOTICE", "FIRM"}
        assert Message.objects.filter(channel="CALL", state="TODO").exists()
        assert Message.objects.filter(state="SENT").count() == 0
        assert Message.objects.filter(kind="REMINDER", state="KEPT").exists()
        assert Invoice.objects.filter(kind="CREDIT_NOTE").count() == 1
        assert Receivable.objects.filter(balance__gt=0, allocated__gt=0).exists()
        counts = (Invoice.objects.count(), Message.objects.count(), Receivable.objects.count())
    second = load(capsys)

    with use_tenant(Tenant.objects.get()), tenant_atomic():
        after = (Invoice.objects.count(), Message.objects.count(), Receivable.objects.count())
    assert (first["created"], second["created"]) == (True, False)
    assert after == counts


@pytest.mark.django_db
def test_the_demo_is_not_loaded_beside_a_real_business(capsys):
    make_tenant("acme")

    with pytest.raises(CommandError, match="real businesses"):
        load(capsys)

    assert list(Tenant.objects.values_list("slug", flat=True)) == ["acme"]
