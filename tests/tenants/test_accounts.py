"""Signing up and in: closed when the operator says so, and not to be guessed at."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from tenants.models import User

LOGIN, SIGNUP = "/accounts/login/", "/accounts/signup/"
NEW = {"email": "nina@shop.example", "password1": "a-quiet-harbour-7"}


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def nina(db):
    user = User.objects.create_user("nina@shop.example", "a-quiet-harbour-7")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def attempt(client, password, email="nina@shop.example", **extra):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


@pytest.mark.django_db
def test_signing_up_makes_a_person_who_has_to_prove_the_address(client):
    response = client.post(SIGNUP, NEW)

    assert (response.status_code, response.url) == (302, "/accounts/confirm-email/")
    assert EmailAddress.objects.get().verified is False
    assert client.get("/businesses/new/").status_code == 302


@pytest.mark.django_db
def test_a_closed_sign_up_makes_nobody(client, settings):
    settings.SIGNUP_OPEN = False

    pages = [client.get(SIGNUP), client.post(SIGNUP, NEW)]

    assert [page.status_code for page in pages] == [200, 200]
    assert {page.templates[0].name for page in pages} == {"account/signup_closed.html"}
    assert User.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "12345678901", "password", "nina@shop.example"])
def test_a_password_that_is_easily_guessed_is_refused(client, password):
    response = client.post(SIGNUP, NEW | {"password1": password})

    assert "password1" in response.context["form"].errors
    assert User.objects.count() == 0


def test_signing_in_works_with_the_right_password(client, nina):
    response = attempt(client, "a-quiet-harbour-7")

    assert (response.status_code, response.url) == (302, "/")


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client, nina):
    for _time in range(5):
        assert "form" in attempt(client, "wrong").context

    response = attempt(client, "a-quiet-harbour-7")

    assert "_auth_user_id" not in client.session
    assert response.status_code in {200, 429}


def test_one_persons_failures_do_not_lock_out_another(client, nina, owner):
    for _time in range(5):
        attempt(client, "wrong", email="somebody@else.example")

    assert attempt(client, "a-quiet-harbour-7").status_code == 302


def test_ten_failures_from_one_place_stop_that_place(client, nina):
    for number in range(10):
        attempt(client, "wrong", email=f"guess{number}@shop.example")

    attempt(client, "a-quiet-harbour-7")

    assert "_auth_user_id" not in client.session


def test_an_unknown_address_and_a_wrong_password_look_alike(client, nina):
    wrong = attempt(client, "wrong").context["form"].non_field_errors()
    unknown = attempt(client, "wrong", email="nobody@shop.example").context["form"]

    assert wrong == unknown.non_field_errors()
    assert len(wrong) == 1


def test_signing_up_with_a_known_address_does_not_tell(client, nina):
    response = client.post(SIGNUP, NEW)

    assert (response.status_code, response.url) == (302, "/accounts/confirm-email/")
    assert User.objects.count() == 1


def test_a_locked_out_person_does_not_get_in(client, nina):
    User.objects.update(is_active=False)

    attempt(client, "a-quiet-harbour-7")

    assert "_auth_user_id" not in client.session
