"""The database of a run, and the three people: owner, accountant, stranger."""

import fcntl
import gc
import os
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import TransactionTestCase, override_settings

from tenants.models import Business, Membership, Role, Tenant, User
from tenants.scope import tenant_atomic, use_tenant

pytest_plugins = [
    "tests.fakes.browser",
    "tests.fakes.companies",
    "tests.fakes.french",
    "tests.fakes.smtp",
    "tests.fakes.stripe_server.fixtures",
]

TEMPLATE = "test_template"
EMPTY_TABLES = """
    DO $$
    DECLARE
        written record;
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', true);
        FOR written IN
            SELECT oid, relname FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                AND pg_relation_size(oid) > 0
                AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
                AND NOT starts_with(relname, 'legal_')
        LOOP
            IF pg_relation_size(written.oid) < 1000000 THEN
                EXECUTE format('DELETE FROM %I', written.relname);
            ELSE
                EXECUTE format('TRUNCATE %I CASCADE', written.relname);
            END IF;
        END LOOP;
    END $$
"""


def pytest_collection_finish(session):
    """What was imported stays: the collector of garbage need not walk over it ever again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def shared_dir() -> Path:
    """Third parties' data that tests use; never part of the project."""
    root = Path(__file__).resolve().parent.parent
    return Path(os.environ.get("SHARED_DIR", root.parent / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    path = shared_dir() / "data"
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"SHARED_DIR is needed in CI: {path} does not exist")
        pytest.skip(f"needs the data in {path} (set SHARED_DIR)")
    return path


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords(django_test_environment):
    """Real hashing takes half a second of each test with a user."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=quick):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, worker_id):
    """Migrate a template once a run as the owner, clone it per worker, run as `app`."""
    name = TEMPLATE.replace("template", "echeance") + f"_{worker_id}"
    owner = os.environ["DATABASE_OWNER_URL"]
    with django_db_blocker.unblock():
        _make_template(owner)
        with psycopg.connect(_maintenance(owner), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        connections["default"].close()
        _point_at(name)
        TransactionTestCase._fixture_teardown = lambda _test: empty_tables()
        yield
        connections["default"].close()


def _make_template(owner: str) -> None:
    run = Path(os.environ["ECHEANCE_TEST_RUN"])
    with (run / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run / "template.done"
        if done.exists():
            return
        with psycopg.connect(_maintenance(owner), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        _migrate(owner)
        done.touch()


def _migrate(owner: str) -> None:
    import environ
    from django.core.management import call_command

    database = connections["default"]
    run_time = dict(database.settings_dict)
    database.settings_dict.update(environ.Env.db_url_config(owner), NAME=TEMPLATE)
    call_command("migrate", verbosity=0, interactive=False)
    with database.cursor() as cursor:
        cursor.execute("GRANT USAGE ON SCHEMA public TO app")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app")
    database.close()
    database.settings_dict.clear()
    database.settings_dict.update(run_time)


def _point_at(name: str) -> None:
    """This process and its children use the test database."""
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"].replace("/echeance?", f"/{name}?")
    os.environ["DATABASE_OWNER_URL"] = os.environ["DATABASE_OWNER_URL"].replace(
        "/echeance?", f"/{name}?"
    )


def empty_tables() -> None:
    """Delete what was written for real; what migrations write (the law) is left.

    As the superuser, because no role of the product may: rows of all tenants, frozen ones too.
    Django's own flush empties every table and loads the law again, which takes a second.
    """
    superuser = os.environ["DATABASE_OWNER_URL"].replace("//app_owner@", "//postgres@")
    with psycopg.connect(superuser) as connection:
        connection.execute(EMPTY_TABLES)


def _maintenance(owner: str) -> str:
    return owner.replace("/echeance?", "/postgres?")


def make_tenant(slug: str, **fields) -> Tenant:
    """A French business with everything an invoice needs."""
    tenant = Tenant.objects.create(slug=slug, **{"name": slug.title(), "language": "fr", **fields})
    with use_tenant(tenant), tenant_atomic():
        Business.objects.create(
            legal_name=f"{slug.title()} SARL",
            legal_form="SARL",
            share_capital="10 000 €",
            siren="732829320",
            siret="73282932000074",
            vat_number="FR44732829320",
            registry_city="Lorient",
            address="4 rue du Port",
            postcode="56100",
            city="Lorient",
            email=f"bonjour@{slug}.example",
            iban="FR7630006000011234567890189",
            account_holder=f"{slug.title()} SARL",
        )
    return tenant


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    """`kept(make, …)` makes rows that every test of the module finds as they were.

    They live in a transaction around the module; each test that asks for `db` runs in a savepoint
    of it.
    """

    def make(act, *args, **kwargs):
        with django_db_blocker.unblock():
            return act(*args, **kwargs)

    around = transaction.atomic()
    make(around.__enter__)
    yield make
    make(transaction.set_rollback, rollback=True)
    make(around.__exit__, None, None, None)


@pytest.fixture
def acme(db) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def globex(db) -> Tenant:
    return make_tenant("globex")


@pytest.fixture
def in_acme(acme):
    """Inside the scope of acme: for tests of rows; services that send mail need `as_acme`."""
    with use_tenant(acme), tenant_atomic():
        yield acme


@pytest.fixture
def as_acme(acme):
    """Under the identity of acme, without a transaction open."""
    with use_tenant(acme):
        yield acme


def make_user(email: str, tenant: Tenant | None, role: Role | None) -> User:
    name = email.split("@", maxsplit=1)[0].title()
    user = User.objects.create_user(email, "a-long-password", name=name)
    if tenant and role:
        Membership.objects.create(user=user, tenant=tenant, role=role)
    return user


@pytest.fixture
def owner(acme) -> User:
    return make_user("owner@acme.example", acme, Role.OWNER)


@pytest.fixture
def member(acme) -> User:
    return make_user("member@acme.example", acme, Role.MEMBER)


@pytest.fixture
def accountant(acme) -> User:
    return make_user("accountant@cabinet.example", acme, Role.ACCOUNTANT)


@pytest.fixture
def stranger(globex) -> User:
    """The owner of another tenant: must see nothing of acme."""
    return make_user("stranger@globex.example", globex, Role.OWNER)
