"""Language, theme and colour of a page, and the smallest pieces of it."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.utils import translation

from config import look
from config.templatetags.look import STATES
from tenants.models import User
from tenants.theme import VERSION, theme_css


def post(**fields):
    request = RequestFactory().post("/", fields)
    request.user = AnonymousUser()
    return request


def render(source, language="fr", **context):
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={"staticfiles": storage}), translation.override(language):
        return Template("{% load look %}" + source).render(Context(context))


def test_the_language_is_kept_in_a_cookie_that_scripts_cannot_read():
    response = look.set_language(post(language="en", next="/p/abc/"))

    cookie = response.cookies["language"]
    assert (response.status_code, response["Location"]) == (302, "/p/abc/")
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")


def test_an_unknown_language_changes_nothing():
    response = look.set_language(post(language="de", next="/"))

    assert "language" not in response.cookies


@pytest.mark.django_db
def test_the_language_is_kept_with_the_person_who_is_signed_in():
    user = User.objects.create_user("claire@example.com", language="fr")
    request = post(language="en")
    request.user = user

    look.set_language(request)

    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_kept_in_a_cookie(theme):
    response = look.set_theme(post(theme=theme, next="/t/acme/"))

    assert response.cookies["theme"].value == theme
    assert response["Location"] == "/t/acme/"


def test_as_the_system_forgets_the_theme():
    response = look.set_theme(post(theme=""))

    assert response.cookies["theme"].value == ""
    assert response.cookies["theme"]["max-age"] == 0


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:1"])
def test_a_switch_never_leads_to_another_site(elsewhere):
    assert look.set_theme(post(theme="dark", next=elsewhere))["Location"] == "/"
    assert look.set_language(post(language="en", next=elsewhere))["Location"] == "/"


def test_the_colour_of_a_tenant_is_a_style_sheet_kept_for_a_year():
    response = look.tenant_theme(RequestFactory().get("/"), version=VERSION, color="0f5a46")

    assert response.content.decode() == theme_css("#0F5A46")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


def test_another_version_of_the_colours_does_not_exist():
    with pytest.raises(Http404):
        look.tenant_theme(RequestFactory().get("/"), version=VERSION + 1, color="0f5a46")


def test_an_icon_is_a_symbol_of_the_sprite():
    assert render('{% icon "phone" "sm" %}') == (
        '<svg class="i i-sm" aria-hidden="true"><use href="/static/icons.svg#phone"/></svg>'
    )


@pytest.mark.parametrize(("language", "word"), [("fr", "Mise en demeure"), ("en", "Formal notice")])
@pytest.mark.usefixtures("in_french")
def test_a_chip_says_the_state_in_the_language_of_the_reader(language, word):
    html = render('{% chip "FORMAL_NOTICE" %}', language)

    assert html.startswith('<span class="chip notice"><svg')
    assert html.endswith(f"{word}</span>")


def test_a_chip_escapes_its_label_and_shows_an_unknown_state_as_it_is():
    assert "&lt;b&gt;" in render('{% chip "PAID" label %}', label="<b>")
    assert render('{% chip "NEWS" %}').endswith("</svg>NEWS</span>")


def test_every_state_has_a_colour_of_the_style_sheet():
    colours = {colour for colour, _icon, _word in STATES.values()}

    assert colours == {
        "draft", "sent", "due", "overdue", "notice", "paid", "promise", "dispute",
    }  # fmt: skip


def test_amounts_and_rates_follow_the_language():
    source = "{{ a|money }}|{{ a|money:'USD' }}|{{ a|quantity }}|{{ a|percent }}|{{ n|money }}"
    amount = Decimal("1234.50")

    french = render(source, "fr", a=amount, n=None)
    english = render(source, "en", a=amount, n=None)

    assert french == "1\u00a0234,50\u00a0€|1\u00a0234,50\u00a0$|1\u00a0234,5|1\u00a0234,5\u00a0%|"
    assert english == "€1,234.50|$1,234.50|1,234.5|1,234.5%|"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Atelier Morel SARL", "AM"), ("claire@example.com", "CE"), ("Léon", "L"), ("", "")],
)
def test_initials_are_two_letters_at_most(name, letters):
    assert render("{{ name|initials }}", name=name) == letters
