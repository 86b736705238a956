"""Rows written in bulk are what Django would have written, and stay behind the walls."""

import datetime as dt

import pytest
from django.db import DataError, connection

from clients.models import Client, Message
from tenants.bulk import insert_rows
from tenants.prepared import fetch_prepared
from tenants.scope import NoTenantError, tenant_atomic, use_tenant
from tests.factories.books import make_client

OWN = {"id", "public_id", "created_at"}  # given by PostgreSQL, new for each row


def row(client, **fields):
    return {"client_id": client.pk, "kind": "REMINDER", "facts": {"late": [1, 2]}, **fields}


def columns(message):
    return {
        field.attname: getattr(message, field.attname)
        for field in Message._meta.concrete_fields
        if field.attname not in OWN
    }


def test_what_is_not_given_is_as_django_would_write_it(in_acme):
    client = make_client("Garage Morvan")
    on = dt.date(2026, 3, 6)
    usual = Message.objects.create(**row(client, send_on=on, unique_key="a"))

    (pk,) = insert_rows(Message, [row(client, send_on=on, unique_key="b")])

    written = Message.objects.get(pk=pk)
    assert columns(written) == columns(usual) | {"unique_key": "b"}
    assert written.public_id != usual.public_id


def test_ids_come_in_the_order_of_the_rows(in_acme):
    client = make_client("Garage Morvan")

    ids = insert_rows(Message, [row(client, unique_key=f"{number:03}") for number in range(50)])

    found = dict(Message.objects.values_list("unique_key", "pk"))
    assert ids == [found[f"{number:03}"] for number in range(50)]


def test_no_rows_are_no_statement(in_acme, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_rows(Message, []) == []


def test_what_is_too_long_is_refused_and_not_cut(in_acme):
    client = make_client("Garage Morvan")

    with pytest.raises(DataError), tenant_atomic():
        insert_rows(Message, [row(client, unique_key="k" * 81)])

    assert Message.objects.count() == 0


def test_rows_belong_to_the_tenant_of_the_scope(acme, globex):
    with use_tenant(globex), tenant_atomic():
        client = make_client("Garage Morvan")
        insert_rows(Message, [row(client)])

    with use_tenant(acme), tenant_atomic():
        assert Message.objects.count() == 0
    with pytest.raises(NoTenantError):
        insert_rows(Message, [row(client)])


@pytest.mark.parametrize("is_pooled", [False, True])
def test_a_statement_is_planned_once_unless_connections_are_shared(in_acme, monkeypatch, is_pooled):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_pooled)
    statement = f"SELECT name, {int(is_pooled)} FROM clients_client WHERE name = %(name)s"
    for name in ("Garage Morvan", "Atelier Le Goff"):
        make_client(name)

    found = [fetch_prepared(statement, {"name": name}) for name in ("Garage Morvan", "Nobody")]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"SELECT name, {int(is_pooled)} %"],
        )
        (kept,) = cursor.fetchone()
    assert found == [[("Garage Morvan", int(is_pooled))], []]
    assert kept == (0 if is_pooled else 1)
    assert Client.objects.count() == 2
