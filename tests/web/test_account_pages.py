"""Every page of django-allauth wears our look."""

import re
from types import SimpleNamespace

import pytest
from allauth.account import forms
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

from tests.web.showcase import OWNER

ADDRESS = SimpleNamespace(email="claire@example.com", verified=True, primary=True, user=OWNER)
PAGES = {
    "login": {"form": forms.LoginForm, "signup_url": "/s", "SIGNUP_OPEN": True},
    "signup": {"form": forms.SignupForm, "login_url": "/l"},
    "signup_closed": {},
    "logout": {},
    "verification_sent": {},
    "verified_email_required": {},
    "account_inactive": {},
    "email_confirm": {
        "confirmation": SimpleNamespace(key="k", email_address=ADDRESS),
        "can_confirm": True,
    },
    "password_reset": {"form": forms.ResetPasswordForm},
    "password_reset_done": {},
    "password_reset_from_key": {"token_fail": True},
    "password_reset_from_key_done": {},
    "password_change": {"form": lambda: forms.ChangePasswordForm(user=OWNER)},
    "password_set": {"form": lambda: forms.SetPasswordForm(user=OWNER)},
    "reauthenticate": {"form": forms.LoginForm},
    "email_change": {
        "form": lambda: forms.AddEmailForm(user=OWNER),
        "current_emailaddress": ADDRESS,
        "new_emailaddress": ADDRESS,
    },
    "email": {
        "form": lambda: forms.AddEmailForm(user=OWNER),
        "emailaddresses": [ADDRESS],
        "emailaddress_radios": [SimpleNamespace(emailaddress=ADDRESS, checked=True, id="a1")],
        "can_add_email": True,
    },
}


@pytest.fixture
def plain_static():
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        ROOT_URLCONF="tests.web.urls_showcase", STORAGES={"staticfiles": storage}
    ):
        yield


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("plain_static")
def test_an_account_page_is_one_card_in_our_look(name):
    request = RequestFactory().get("/accounts/")
    request.user = AnonymousUser()
    context = {key: value() if callable(value) else value for key, value in PAGES[name].items()}

    with translation.override("fr"):
        html = render_to_string(f"account/{name}.html", context, request)

    assert html.count('<main class="panel auth-card" id="main"') == 1
    assert len(re.findall("<h1>", html)) == 1
    title = " ".join(re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1].split())
    assert re.fullmatch(r"\S.* · Échéance", title)
    assert re.findall(r"\sstyle=|<script(?![^>]*src=)", html) == []
    assert html.lstrip().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("plain_static")
def test_every_control_of_an_account_page_has_a_label(name):
    request = RequestFactory().get("/accounts/")
    request.user = AnonymousUser()
    context = {key: value() if callable(value) else value for key, value in PAGES[name].items()}

    html = render_to_string(f"account/{name}.html", context, request)

    controls = re.findall(r'<input(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', html)
    labels = re.findall(r'<label[^>]*\sfor="([^"]+)"', html)
    wrapped = re.findall(r'<label[^>]*>\s*<input[^>]*\sid="([^"]+)"', html)
    assert set(controls) <= {*labels, *wrapped}


@pytest.mark.parametrize("code", [400, 403, 404, 500])
@pytest.mark.usefixtures("plain_static")
def test_an_error_page_needs_no_request(code):
    html = render_to_string(f"{code}.html")

    assert html.count("<h1>") == 1
    assert 'href="/"' in html
