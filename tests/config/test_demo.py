"""The demonstration: loaded through the real services, once, and never beside real businesses."""

import json

import pytest
from django.core.management import CommandError, call_command

from clients.models import Client, Message
from config.demo.loading import load_demo
from config.demo.people import ACCOUNTANT
from config.demo.stories import STORIES
from core.identifiers import clean_siren
from dunning.models import Approval, Case, Dispute, Profile
from invoices.models import ImportBatch, Invoice, Receivable
from tenants.clock import now
from tenants.models import Business, Membership, Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant

MOREL, PERVENCHE, ELORN = STORIES


def load(capsys, *args):
    call_command("load_demo", "--json", *args)
    return json.loads(capsys.readouterr().out)


def counts():
    found = []
    for tenant in Tenant.objects.order_by("pk"):
        with use_tenant(tenant), tenant_atomic():
            rows = (Invoice.objects, Message.objects, Receivable.objects)
            found.append(tuple(each.count() for each in rows))
    return found


def played(story):
    (loaded,) = load_demo(now=now(), stories=[story])
    return loaded.tenant


@pytest.mark.slow
@pytest.mark.django_db
def test_the_first_business_shows_every_state_of_a_debt_and_loads_once(capsys):
    first = load(capsys, "--first")

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
    before = counts()
    second = load(capsys, "--first")

    assert (first["created"], second["created"]) == (True, False)
    assert counts() == before


@pytest.mark.slow
@pytest.mark.django_db
def test_the_studio_has_few_large_invoices_without_vat(capsys):
    with use_tenant(played(PERVENCHE)), tenant_atomic():
        own = Invoice.objects.exclude(number=None)
        assert (own.count(), own.exclude(total_vat=0).count()) == (10, 0)
        assert own.order_by("id").first().number.startswith("SP20")
        assert Business.objects.get().vat_regime == Business.VatRegime.FRANCHISE
        assert Client.objects.filter(kind="PUBLIC_BODY").count() == 1
        assert Profile.objects.filter(policy__key="PATIENT").count() == 3
        silences = Case.objects.filter(state="OPEN").values_list("silence", flat=True)
        assert "PROMISED" in set(silences)


@pytest.mark.django_db
def test_the_bakery_has_a_plan_that_waits_for_a_yes(capsys):
    tenant = played(ELORN)

    assert (tenant.mode, tenant.last_run_on) == (Tenant.Mode.TEST, None)
    with use_tenant(tenant), tenant_atomic():
        batch = ImportBatch.objects.get()
        assert (batch.state, batch.counts["created"], batch.counts["refused"]) == (
            "IMPORTED",
            45,
            0,
        )
        assert Invoice.objects.exclude(origin="IMPORTED").count() == 0
        assert Profile.objects.exclude(approved_at=None).count() == 0
        assert Message.objects.filter(direction="OUT").count() == 0
        assert Case.objects.filter(state="OPEN", entered_on=None).count() == 0
        assert Dispute.objects.count() == 0
        assert Receivable.objects.filter(balance__gt=0, allocated__gt=0).count() == 1


@pytest.mark.django_db
def test_each_business_has_its_owner_and_all_have_one_accountant(capsys):
    load_demo(now=now(), stories=[ELORN])
    load_demo(now=now(), stories=[ELORN])

    who = Membership.objects.order_by("pk").values_list("user__email", "role")
    assert list(who) == [(ELORN.owner, Role.OWNER), (ACCOUNTANT, Role.ACCOUNTANT)]
    assert len({story.owner for story in STORIES}) == 3
    assert len({(story.color, story.mark, story.numbers) for story in STORIES}) == 3


@pytest.mark.parametrize(
    "number",
    [debtor.siren for story in STORIES for debtor in story.debtors if debtor.siren]
    + [story.facts["siren"] for story in STORIES],
)
def test_the_invented_numbers_are_well_formed(number):
    assert clean_siren(number) == number


@pytest.mark.django_db
def test_the_demo_is_not_loaded_beside_a_real_business(capsys):
    make_tenant("acme")

    with pytest.raises(CommandError, match="real businesses"):
        load(capsys)

    assert list(Tenant.objects.values_list("slug", flat=True)) == ["acme"]
