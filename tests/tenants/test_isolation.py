import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from clients.models import Client, Person
from tenants.scope import (
    NoTenantError,
    OpenScopeError,
    TenantSwitchError,
    assert_no_open_scope,
    tenant_atomic,
    use_tenant,
)

QUERIES = [
    lambda: list(Client.objects.all()),
    lambda: Client.objects.exists(),
    lambda: Client.objects.exclude(name="x").exists(),
    lambda: Client.objects.count(),
    lambda: Client.objects.update(name="x"),
    lambda: Client.objects.all().delete(),
    lambda: Client.objects.in_bulk(),
    lambda: Client.objects.create(name="x"),
    lambda: Client.objects.bulk_create([Client(name="x")]),
    lambda: list(Client.objects.union(Client.objects.filter(pk=1))),
    lambda: list(Person.objects.filter(client__in=Client.objects.all())),
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.django_db
def test_query_outside_a_scope_is_refused(query):
    with pytest.raises(NoTenantError):
        query()


@pytest.mark.parametrize("query", QUERIES)
def test_an_identity_alone_opens_nothing(query, as_acme):
    with pytest.raises(NoTenantError):
        query()


@pytest.mark.django_db
def test_a_scope_needs_an_identity():
    with pytest.raises(NoTenantError), tenant_atomic():
        pass


def test_queryset_may_be_written_before_the_scope_opens(acme):
    clients = Client.objects.order_by("name")

    with use_tenant(acme), tenant_atomic():
        Client.objects.create(name="Dupont")

        assert [c.name for c in clients] == ["Dupont"]


def test_rows_of_another_tenant_are_invisible(acme, globex):
    with use_tenant(acme), tenant_atomic():
        Client.objects.create(name="Dupont")

    with use_tenant(globex), tenant_atomic():
        assert list(Client.objects.all()) == []


def test_raw_sql_sees_the_current_tenant_only(acme, globex):
    with use_tenant(acme), tenant_atomic():
        Client.objects.create(name="Dupont")

    with use_tenant(globex), tenant_atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM clients_client")
        assert cursor.fetchone() == (0,)
        assert Client._base_manager.count() == 0


def test_raw_sql_outside_a_scope_is_refused_by_the_database(acme):
    with (
        pytest.raises(ProgrammingError, match="no tenant selected"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO clients_client (tenant_id, name) VALUES (1, 'x')")


def test_a_closed_scope_leaves_nothing_behind_in_an_outer_transaction(acme):
    with use_tenant(acme), tenant_atomic():
        Client.objects.create(name="Dupont")

    with pytest.raises(ProgrammingError, match="no tenant selected"), transaction.atomic():
        Client._base_manager.count()


def test_a_nested_scope_keeps_the_outer_one_open(acme):
    with use_tenant(acme), tenant_atomic():
        with tenant_atomic():
            Client.objects.create(name="Dupont")

        assert Client.objects.count() == 1


def test_a_scope_rolled_back_inside_another_keeps_the_outer_one_open(acme):
    with use_tenant(acme), tenant_atomic():
        with pytest.raises(ZeroDivisionError), tenant_atomic():
            Client.objects.create(name="Dupont")
            raise ZeroDivisionError

        assert Client.objects.count() == 0


def test_the_identity_cannot_change_inside_a_scope(acme, globex):
    with use_tenant(acme), tenant_atomic(), pytest.raises(TenantSwitchError), use_tenant(globex):
        pass


def test_row_for_another_tenant_cannot_be_written(acme, globex):
    with (
        use_tenant(globex),
        tenant_atomic(),
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        Client.objects.bulk_create([Client(name="x", tenant=acme)])


def test_row_cannot_be_given_to_another_tenant(acme, globex):
    with use_tenant(acme), tenant_atomic():
        Client.objects.create(name="Dupont")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Client.objects.update(tenant=globex)


def test_a_person_cannot_point_at_another_tenants_client(acme, globex):
    with use_tenant(globex), tenant_atomic():
        theirs = Client.objects.create(name="Theirs")

    with (
        use_tenant(acme),
        tenant_atomic(),
        pytest.raises(IntegrityError, match="same_tenant"),
    ):
        Person.objects.create(client_id=theirs.pk, name="x")


def test_nothing_slow_may_start_while_a_scope_is_open(in_acme):
    with pytest.raises(OpenScopeError):
        assert_no_open_scope()


def test_the_tests_run_as_the_run_time_role(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("app", False, False)
