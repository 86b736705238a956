"""Payments in the app: list, record, detail, undo, credit; and the gateway's settings."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from payments.models import GatewayAccount, Payment
from tenants import navigation
from tenants.clock import now
from tenants.links import tenant_url
from tenants.scope import tenant_atomic
from tests.conftest import make_user
from tests.factories.clients import make_client
from tests.factories.payments import connect_fake_stripe, make_receivable, pay_by_hand


@pytest.fixture
def signed_in(client, owner, as_acme):
    client.force_login(owner)
    return client


@pytest.fixture
def debtor(as_acme):
    with tenant_atomic():
        return make_client()


def debt(debtor, amount="100.00", **fields):
    with tenant_atomic():
        return make_receivable(debtor, amount, **fields)


def recorded(debtor, amount="100.00"):
    with tenant_atomic():
        return pay_by_hand(debtor, amount, now=now())


def url(name, *args):
    return tenant_url(f"payments:{name}", *args)


def payment():
    with tenant_atomic():
        return Payment.objects.get()


def fields(**changes):
    return {
        "amount": "100,00",
        "received_on": now().date().isoformat(),
        "means": "TRANSFER",
        "note": "",
        **changes,
    }


def create_url(debtor):
    return f"{url('create')}?client={debtor.public_id}"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_payment_and_for_three(
    signed_in, debtor, count, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(navigation, "_counts", {})  # the figures that other apps put in the menu
    for _ in range(count):
        recorded(debtor)
    signed_in.get(url("list"))

    with django_assert_num_queries(10):
        answer = signed_in.get(url("list"))

    assert len(answer.context["page"].rows) == count


def test_an_empty_list_says_what_to_do(signed_in):
    answer = signed_in.get(url("list"))

    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def test_only_what_is_not_allocated(signed_in, debtor):
    debt(debtor)
    recorded(debtor)
    recorded(debtor, "30.00")

    answer = signed_in.get(url("list") + "?credit")

    assert [row.amount for row in answer.context["page"].rows] == [Decimal("30.00")]


def test_a_payment_typed_the_french_way_is_recorded(signed_in, debtor):
    row = debt(debtor, "1234.56")

    answer = signed_in.post(create_url(debtor), fields(amount="1 234,56"))

    assert answer.status_code == 302
    with tenant_atomic():
        row.refresh_from_db()
    assert (payment().amount, row.balance) == (Decimal("1234.56"), Decimal(0))


def test_from_an_invoice_the_payment_is_proposed_for_it(signed_in, debtor):
    debt(debtor, "10.00", due_on=dt.date(2026, 1, 1))
    mine = debt(debtor, "25.00", due_on=dt.date(2026, 2, 1))

    answer = signed_in.get(f"{url('create')}?invoice={mine.invoice.public_id}")

    form = answer.context["form"]
    assert form.initial["amount"] == "25,00"
    assert form.initial[f"on_{mine.public_id}"] == "25,00"


def test_what_is_typed_beside_an_invoice_goes_to_it(signed_in, debtor):
    old = debt(debtor, "50.00", due_on=dt.date(2026, 1, 1))
    young = debt(debtor, "50.00", due_on=dt.date(2026, 2, 1))

    signed_in.post(create_url(debtor), fields(amount="50", **{f"on_{young.public_id}": "50"}))

    with tenant_atomic():
        old.refresh_from_db()
        young.refresh_from_db()
    assert (old.balance, young.balance) == (Decimal("50.00"), Decimal(0))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "abc"),
        ("amount", "-5"),
        ("amount", "0"),
        ("amount", "1,234"),
        ("amount", "10,005"),
        ("amount", "9999999999999"),
        ("received_on", "2999-01-01"),
        ("received_on", "yesterday"),
        ("means", "SHELLS"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_recorded(
    signed_in, debtor, field, value
):
    answer = signed_in.post(create_url(debtor), fields(**{field: value}))

    with tenant_atomic():
        assert Payment.objects.count() == 0
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_more_than_is_owed_is_said_beside_the_invoice(signed_in, debtor):
    row = debt(debtor, "10.00")

    answer = signed_in.post(
        create_url(debtor), fields(amount="20", **{f"on_{row.public_id}": "20"})
    )

    assert list(answer.context["form"].errors) == [f"on_{row.public_id}"]


def test_more_allocated_than_received_is_said_beside_the_amount(signed_in, debtor):
    row = debt(debtor, "100.00")

    answer = signed_in.post(
        create_url(debtor), fields(amount="20", **{f"on_{row.public_id}": "30"})
    )

    assert list(answer.context["form"].errors) == ["amount"]


def test_without_a_client_one_is_chosen(signed_in, debtor):
    answer = signed_in.get(url("create") + "?q=dup")

    assert [(row.pk, owed) for row, owed in answer.context["rows"]] == [(debtor.pk, [])]


def test_the_detail_shows_what_it_settles_and_the_ledger(signed_in, debtor):
    row = debt(debtor, "60.00")
    recorded(debtor)

    answer = signed_in.get(url("detail", payment().public_id))

    assert [a.receivable_id for a in answer.context["allocations"]] == [row.pk]
    assert [m.kind for m in answer.context["movements"]] == ["CHARGE"]


@pytest.mark.parametrize("act", ["undo", "bounce"])
def test_undoing_asks_first_and_then_makes_the_debt_due_again(signed_in, debtor, act):
    row = debt(debtor)
    public_id = recorded(debtor).public_id

    asked = signed_in.get(url(act, public_id))
    with tenant_atomic():
        row.refresh_from_db()
    assert (asked.status_code, row.balance) == (200, Decimal(0))
    signed_in.post(url(act, public_id))

    with tenant_atomic():
        row.refresh_from_db()
    assert row.balance == Decimal("100.00")


def test_undoing_twice_says_so_and_changes_nothing(signed_in, debtor):
    public_id = recorded(debtor).public_id
    signed_in.post(url("undo", public_id))

    answer = signed_in.post(url("undo", public_id))

    assert answer.status_code == 302
    assert payment().reversed_amount == Decimal("100.00")


def test_a_refund_by_hand(signed_in, debtor):
    public_id = recorded(debtor).public_id

    signed_in.post(url("refund", public_id), {"amount": "40"})

    assert payment().unallocated == Decimal("60.00")


def test_credit_is_set_against_an_invoice_and_taken_back(signed_in, debtor):
    public_id = recorded(debtor).public_id
    row = debt(debtor, "30.00")

    signed_in.post(url("allocate", public_id), {"receivable": row.public_id, "amount": "30,00"})
    assert payment().unallocated == Decimal("70.00")
    signed_in.post(url("take_back", public_id, row.public_id))

    assert payment().unallocated == Decimal("100.00")


def test_an_accountant_reads_and_writes_nothing(client, accountant, debtor):
    public_id = recorded(debtor).public_id
    client.force_login(accountant)

    assert client.get(url("list")).status_code == 200
    assert client.get(url("detail", public_id)).status_code == 200
    assert client.get(create_url(debtor)).status_code == 403
    assert client.post(url("undo", public_id)).status_code == 403
    assert payment().undone_at is None


def test_a_stranger_finds_nothing(client, stranger, debtor):
    public_id = recorded(debtor).public_id
    client.force_login(stranger)

    assert client.get(url("detail", public_id)).status_code == 404


def test_the_clients_page_shows_payments_and_credit(signed_in, debtor):
    recorded(debtor)

    shown = signed_in.get(tenant_url("clients:detail", debtor.public_id)).content.decode()

    assert "h-payments" in shown
    assert "100,00" in shown


def test_the_invoices_page_shows_what_was_paid_and_offers_to_record_the_rest(signed_in, debtor):
    row = debt(debtor, "150.00")
    recorded(debtor, "100.00")

    shown = signed_in.get(tenant_url("invoices:detail", row.invoice.public_id)).content.decode()

    assert "h-paid" in shown
    assert f"{url('create')}?invoice={row.invoice.public_id}" in shown


def settings_url():
    return tenant_url("gateways:settings")


def test_a_key_is_kept_sealed_and_only_its_end_is_shown(signed_in):
    signed_in.post(
        settings_url(), {"secret_key": "rk_test_abcd1234", "password": "a-long-password"}
    )

    with tenant_atomic():
        account = GatewayAccount.objects.get()
    shown = signed_in.get(settings_url()).content.decode()
    assert b"rk_test" not in bytes(account.secret_sealed)
    assert "1234" in shown
    assert "rk_test_abcd1234" not in shown


@pytest.mark.parametrize(
    ("key", "password", "field"),
    [
        ("pk_live_abc", "a-long-password", "secret_key"),
        ("rk_test_abc", "wrong", "password"),
    ],
)
def test_a_wrong_key_or_password_is_refused(signed_in, key, password, field):
    answer = signed_in.post(settings_url(), {"secret_key": key, "password": password})

    with tenant_atomic():
        assert GatewayAccount.objects.count() == 0
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_what_is_no_key_at_all_is_said(signed_in):
    signed_in.post(settings_url(), {"secret_key": "hello", "password": "a-long-password"})

    with tenant_atomic():
        assert GatewayAccount.objects.count() == 0


def test_the_health_of_the_account_is_said_in_words(signed_in, stripe_server, settings):
    settings.STRIPE_API_BASE = stripe_server.url
    connect_fake_stripe()

    answer = signed_in.get(settings_url())

    assert len(answer.context["warnings"]) == 2
    assert "NO_WEBHOOK_SECRET" not in answer.content.decode()


def test_disconnecting_keeps_the_key_for_what_is_on_its_way(signed_in, stripe_server, settings):
    settings.STRIPE_API_BASE = stripe_server.url
    account = connect_fake_stripe()

    signed_in.post(tenant_url("gateways:disconnect", account.public_id))

    with tenant_atomic():
        account.refresh_from_db()
    assert account.disabled_at is not None
    assert bytes(account.secret_sealed) != b""


def test_the_settings_are_the_owners_alone(client, member, as_acme):
    client.force_login(member)

    assert client.get(settings_url()).status_code == 403


def test_a_stranger_has_no_settings_here(client, as_acme, globex):
    client.force_login(make_user("x@globex.example", globex, "OWNER"))

    assert client.get(settings_url()).status_code == 404


def test_the_hooks_are_public_and_the_rest_is_not(client, as_acme):
    hook = reverse("hooks:stripe", args=["00000000-0000-4000-8000-000000000000"])

    assert client.get(url("list")).status_code == 302
    assert client.get(hook).status_code == 405
