"""Rows read and written by kept statements are as Django would have them, behind the same walls."""

import datetime as dt
from decimal import Decimal

import pytest

from clients.models import Client, Message
from invoices.models import Invoice
from tenants.rows import insert_row, read_row, read_rows, update_row
from tenants.scope import NoTenantError, tenant_atomic, use_tenant
from tests.factories.books import make_client

AT = dt.datetime(2026, 3, 6, 9, 0, 1, 234567, tzinfo=dt.UTC)


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_read_as_django_reads_it(in_acme):
    client = make_client("Garage Morvan")

    read = read_row(Client, "id = %(id)s::bigint", {"id": client.pk})

    assert read == client
    assert columns(read) == columns(Client.objects.get(pk=client.pk))


def test_rows_come_in_the_order_asked_for(in_acme):
    names = [make_client(name).name for name in ("Armor", "Brise", "Cordier")]

    assert [row.name for row in read_rows(Client, "true ORDER BY id DESC", {})] == names[::-1]


def test_a_row_that_is_not_there_is_said_to_be_missing(in_acme):
    with pytest.raises(Client.DoesNotExist):
        read_row(Client, "id = %(id)s::bigint", {"id": 0})


def test_an_inserted_row_is_what_was_given(in_acme):
    client = make_client("Garage Morvan")
    row = Invoice(
        client=client,
        total_net=Decimal("12.30"),
        total_gross=Decimal("12.30"),
        issued_at=AT,
        notes="L'été\nà Brest",
        vat_breakdown=[{"rate": Decimal(20)}],
    )

    insert_row(row)

    written = Invoice.objects.get()
    assert columns(written) == columns(row) | {"vat_breakdown": [{"rate": "20"}]}


def test_an_updated_row_keeps_what_was_not_named(in_acme):
    row = insert_row(Invoice(client=make_client("Garage Morvan"), notes="old", stopped_at=AT))
    row.notes, row.order_reference, row.stopped_at = "new", "not named", None

    update_row(row, ["notes", "stopped_at"])

    written = Invoice.objects.get()
    assert (written.notes, written.order_reference, written.stopped_at) == ("new", "", None)


def test_rows_of_another_tenant_are_neither_read_nor_changed(acme, globex):
    with use_tenant(acme), tenant_atomic():
        mine = insert_row(Message(client=make_client("Garage Morvan"), kind="NOTE", reason="mine"))
    mine.reason = "theirs"

    with use_tenant(globex), tenant_atomic():
        assert read_rows(Message, "true", {}) == []
        update_row(mine, ["reason"])

    with use_tenant(acme), tenant_atomic():
        assert Message.objects.get().reason == "mine"


def test_nothing_is_read_outside_a_scope(acme):
    with use_tenant(acme), pytest.raises(NoTenantError):
        read_rows(Client, "true", {})
