"""Who may open what: every URL of both spaces x anonymous, stranger, accountant, member, owner.

A URL missing from the table fails the first test; one that is there without being a page any more
fails it too.
"""

import copy

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import resolve

from dunning.ladder_rows import write_shipped_ladders
from tenants.middleware import page_above
from tenants.models import Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant, make_user
from tests.web.access_table import (
    LETTERS,
    PAGES,
    PUBLIC,
    PUBLIC_SPACE,
    TENANT_SPACE,
    address,
    names_of,
)

CELLS = [(name, role) for name in sorted(PAGES) for role in Role]
ADMITTED = [(name, role) for name, role in CELLS if role in PAGES[name][0]]
REFUSED = [(name, role) for name, role in CELLS if role not in PAGES[name][0]]


@pytest.fixture(autouse=True)
def _plain_files(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="module")
def acme(kept):
    """As `create_business` founds it."""

    def found():
        tenant = make_tenant("acme")
        with use_tenant(tenant), tenant_atomic():
            write_shipped_ladders()
        return tenant

    return kept(found)


@pytest.fixture(scope="module")
def globex(kept):
    return kept(make_tenant, "globex")


@pytest.fixture(scope="module")
def sessions(kept, acme, globex):
    """The session of one user of acme in each role, and of a stranger."""

    def open_session(tenant, role):
        visitor = Client()
        user = make_user(f"{role.lower()}@{tenant.slug}.example", tenant, role)
        visitor.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        return visitor.cookies

    found = {role: kept(open_session, acme, role) for role in Role}
    return {**found, "STRANGER": kept(open_session, globex, Role.OWNER)}


@pytest.fixture
def visitor(db, sessions):
    """`visitor(role)`: the browser of somebody who has signed in."""

    def signed_in(role):
        browser = Client()
        browser.cookies = copy.deepcopy(sessions[role])
        return browser

    return signed_in


def test_every_page_of_a_tenant_is_in_the_table():
    assert set(TENANT_SPACE) == set(PAGES)


def test_every_public_page_is_in_the_table():
    assert set(PUBLIC_SPACE) == set(PUBLIC)


def test_no_name_is_in_both_spaces():
    assert set(TENANT_SPACE) & set(names_of(settings.ROOT_URLCONF)) == set()


@pytest.mark.parametrize("name", sorted(TENANT_SPACE))
def test_the_view_admits_the_roles_of_the_table(name):
    assert TENANT_SPACE[name].callback.roles == PAGES[name][0]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_whoever_has_not_signed_in_is_asked_to(name, client, db, acme):
    response = client.get(address(name, acme))

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/?next=/t/acme/")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_stranger_finds_nothing(name, method, visitor, acme):
    response = getattr(visitor("STRANGER"), method)(address(name, acme))

    assert response.status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("name", "role"), REFUSED)
def test_too_small_a_role_is_refused(name, role, method, visitor, acme):
    response = getattr(visitor(role), method)(address(name, acme))

    assert response.status_code == 403


@pytest.mark.parametrize(("name", "role"), ADMITTED)
def test_the_roles_of_the_table_get_their_page(name, role, visitor, acme):
    response = visitor(role).get(address(name, acme))

    assert response.status_code == PAGES[name][1]


@pytest.mark.parametrize("name", sorted(name for name, (_who, get) in PAGES.items() if get == 405))
def test_above_an_address_that_takes_post_alone_is_a_page_for_the_same_people(name, db, acme):
    request = RequestFactory().post(address(name, acme))
    request.urlconf = settings.TENANT_URLCONF
    request.path_info = request.path.removeprefix("/t/acme")

    above = page_above(request).removeprefix("/t/acme")

    roles, get = PAGES[resolve(above, settings.TENANT_URLCONF).view_name]
    assert (get, PAGES[name][0] <= roles) in [(200, True), (404, True)]


@pytest.mark.parametrize(
    "name",  # a letter and its language are nobody's
    sorted(name for name in PAGES if set(TENANT_SPACE[name].pattern.converters) - LETTERS),
)
def test_an_object_of_another_tenant_is_not_found(name, visitor, acme, globex):
    client = visitor(Role.OWNER)
    path = address(name, acme, objects_of=globex)

    statuses = {client.get(path).status_code, client.post(path).status_code}

    assert 404 in statuses
    assert statuses <= {404, 405}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_page_answers_whoever_comes(name, client, db):
    response = client.get(address(name, None))

    assert response.status_code == PUBLIC[name]


def test_an_unknown_slug_and_a_foreign_one_look_alike(visitor):
    client = visitor("STRANGER")

    foreign, unknown = client.get("/t/acme/"), client.get("/t/nobody/")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert Tenant.objects.filter(slug="nobody").exists() is False
