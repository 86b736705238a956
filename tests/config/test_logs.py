"""Logs keep neither secrets nor what opens a door; every line is one JSON object."""

import json
import logging

import pytest

from config.logs import JsonFormatter, PrivacyFilter, redact
from tenants.scope import use_tenant

TOKEN = "mF_9.B5f-4.1JqM"


def line_of(message, *args, exc_info=None):
    record = logging.LogRecord("payments", logging.ERROR, "x.py", 1, message, args, exc_info)
    assert PrivacyFilter().filter(record) is True
    return JsonFormatter().format(record)


@pytest.mark.parametrize(
    "path",
    [
        f"/p/{TOKEN}/",
        f"/p/{TOKEN}/pay/",
        f"/hooks/stripe/{TOKEN}/",
        f"/invitations/{TOKEN}/accept/",
        f"/accounts/confirm-email/{TOKEN}/",
        f"/accounts/password/reset/key/{TOKEN}/",
        f"https://example.com/p/{TOKEN}?lang=en",
        f"Not Found: /p/{TOKEN}",
    ],
)
def test_what_opens_a_door_is_not_written_down(path):
    line = line_of("GET %s", path)

    assert TOKEN not in line
    assert "[key]" in line


@pytest.mark.parametrize(
    "secret", ["sk_live_51H8abcDEF", "rk_test_51H8abcDEF", "whsec_8Xy12zzQ0a", "sk_test_aaaaaaa"]
)
def test_keys_of_the_gateway_are_not_written_down(secret):
    assert line_of(f"Stripe said no to {secret}.").count(secret) == 0
    assert redact(f"key={secret}") == "key=[secret]"


def test_an_exception_is_cleaned_too():
    error = ValueError(f"sk_live_51H8abcDEF refused for /p/{TOKEN}/")

    line = line_of("Failed", exc_info=(type(error), error, None))

    assert "ValueError" in line
    assert TOKEN not in line
    assert "sk_live" not in line


def test_ordinary_words_stay_as_they_are():
    text = "GET /t/acme/invoices/ 200; a price of 12 for task_force_one"

    assert redact(text) == text


def test_a_line_is_one_json_object_that_names_the_tenant(acme):
    with use_tenant(acme):
        line = json.loads(line_of("Said %s", "once"))

    assert (line["message"], line["level"], line["logger"], line["tenant"]) == (
        "Said once",
        "ERROR",
        "payments",
        "acme",
    )


def test_the_request_with_its_cookies_is_not_written_down():
    record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, "Boom", (), None)
    record.request = "<WSGIRequest: cookie=secret>"

    assert "cookie" not in JsonFormatter().format(record)


def test_every_handler_of_the_settings_cleans(settings):
    handlers = settings.LOGGING["handlers"].values()

    assert {tuple(handler["filters"]) for handler in handlers} == {("private",)}
