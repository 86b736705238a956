"""The way into a tenant: what is too large, what fails, what is slow."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.views.decorators.http import require_POST

from clients.models import Client
from config.urls_tenant import urlpatterns as pages
from core.errors import DomainError
from tenants.middleware import DomainErrorMiddleware, TenantMiddleware
from tenants.scope import NoTenantError, tenant_atomic

MB = 1024 * 1024


class Unread:
    """A body that nobody may read."""

    def read(self, *args):
        raise AssertionError("the body was read")

    readline = read


@pytest.fixture
def request_of(member):
    def make(tail="clients/", *, user=member, **extra):
        request = RequestFactory().post(f"/t/acme/{tail}", **extra)
        request.user = user
        return request

    return make


def through(view):
    return TenantMiddleware(view)


def write_and(answer):
    """A view that writes a client, then ends as `answer` says."""

    def view(request):
        Client.objects.create(name="Written")
        if isinstance(answer, Exception):
            raise answer
        return HttpResponse(status=answer)

    return view


def test_an_upload_of_200_mb_is_refused_before_a_byte_is_read(request_of):
    request = request_of()
    request.META["CONTENT_LENGTH"] = str(200 * MB)
    request._stream = request.environ["wsgi.input"] = Unread()

    response = through(write_and(200))(request)

    assert response.status_code == 413
    assert "too large" in response.content.decode() or "lourd" in response.content.decode()


@pytest.mark.django_db
def test_a_page_for_anybody_refuses_200_mb_too(client):
    response = client.post(
        "/accounts/login/",
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * MB),
    )

    assert response.status_code == 413


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (302, 1), (400, 0), (422, 0), (500, 0)])
def test_what_ends_badly_leaves_nothing(request_of, inside, status, kept):
    through(write_and(status))(request_of())

    assert inside(Client.objects.count) == kept


def test_an_exception_leaves_nothing(request_of, inside):
    with pytest.raises(ZeroDivisionError):
        through(write_and(ZeroDivisionError()))(request_of())

    assert inside(Client.objects.count) == 0


@require_POST
def view_of_errors(request, **named):
    Client.objects.create(name="Written")
    raise DomainError("Not like this.")


urlpatterns = [
    path("fails/", view_of_errors),
    path("clients/<uuid:client>/fails/", view_of_errors),
    path("clients/<uuid:client>/fails-at/<uuid:other>/", view_of_errors),
    *pages,
]


def test_a_domain_error_becomes_a_sentence_and_leaves_nothing(sign_in, member, inside, settings):
    settings.TENANT_URLCONF = __name__
    browser = sign_in(member)
    view_of_errors.roles = frozenset()

    response = browser.post("/t/acme/fails/", headers={"referer": "http://testserver/t/acme/"})
    shown = browser.get("/t/acme/")

    assert (response.status_code, response.url) == (302, "http://testserver/t/acme/")
    assert [str(each) for each in shown.context["messages"]] == ["Not like this."]
    assert inside(Client.objects.count) == 0


@pytest.mark.parametrize(
    ("tail", "page"),
    [
        ("clients/{pk}/fails/", "clients/{pk}/"),
        ("clients/{pk}/fails-at/{pk}/", "clients/{pk}/"),
        ("fails/", ""),
    ],
)
def test_without_a_referer_a_domain_error_is_read_on_the_page_above(
    sign_in, member, inside, settings, tail, page
):
    settings.TENANT_URLCONF = __name__
    pk = inside(Client.objects.create, name="Dupont").public_id
    browser = sign_in(member)

    response = browser.post(f"/t/acme/{tail.format(pk=pk)}", follow=True)

    assert response.redirect_chain == [(f"/t/acme/{page.format(pk=pk)}", 302)]
    assert response.status_code == 200
    assert "Not like this." in response.content.decode()


def test_a_domain_error_never_leads_to_another_site(sign_in, member, settings):
    settings.TENANT_URLCONF = __name__

    response = sign_in(member).post(
        "/t/acme/fails/", headers={"referer": "https://evil.example/phish"}
    )

    assert "evil.example" not in response.url


def test_a_domain_error_in_a_fragment_is_a_sentence_in_its_place(sign_in, member, settings):
    settings.TENANT_URLCONF = __name__

    response = sign_in(member).post("/t/acme/fails/", headers={"hx-request": "true"})

    assert response.status_code == 422
    assert "Not like this." in response.content.decode()


def test_other_errors_are_left_to_django():
    assert DomainErrorMiddleware(None).process_exception(None, ValueError()) is None


def test_a_slow_body_is_read_before_the_transaction_begins(request_of):
    """Whoever sends a byte a second holds no lock of the database."""
    seen = []

    class Slow:
        def __init__(self, body):
            self.body = body

        def read(self, *args):
            seen.append(_has_tenant())
            body, self.body = self.body, b""
            return body

        def close(self):
            pass

    request = request_of(data="name=x", content_type="application/x-www-form-urlencoded")
    request._stream = Slow(b"name=x")

    def view(request):
        seen.append(_has_tenant())
        return HttpResponse(request.POST["name"])

    response = through(view)(request)

    assert response.content == b"x"
    assert (seen[:-1], seen[-1]) == ([False] * (len(seen) - 1), True)
    assert len(seen) > 1


def _has_tenant():
    """Whether the connection is inside some tenant's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.tenant_id', true), '') <> ''")
        return cursor.fetchone()[0]


def test_an_empty_slug_and_a_missing_slash_are_not_found(sign_in, member):
    browser = sign_in(member)

    assert [browser.get(each).status_code for each in ("/t/", "/t//", "/t/ACME/")] == [404] * 3


def test_the_scope_is_closed_after_the_answer(request_of):
    through(lambda _request: HttpResponse())(request_of())

    assert _has_tenant() is False
    with pytest.raises(NoTenantError), tenant_atomic():
        pass
