"""The frame of a page is drawn once for the same reader: never for another one."""

import re

import pytest
from django.utils.html import mark_safe

from config.templatetags.kept import kept
from tenants.models import Membership, Role

TODAY = "/t/acme/"


def menu(response):
    """The words of the menu at the side."""
    side = response.content.decode().split("<aside")[1].split("</aside>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", side).split())


def test_two_readers_of_the_same_page_see_their_own_names(sign_in, owner, accountant):
    owner.name, accountant.name = "Claire Morel", "<b>Yann</b>"
    owner.save()
    accountant.save()

    shown = [menu(sign_in(person).get(TODAY)) for person in (owner, accountant)]

    assert ["Claire Morel" in words for words in shown] == [True, False]
    assert ["&lt;b&gt;Yann&lt;/b&gt;" in words for words in shown] == [False, True]


def test_the_frame_follows_the_role_the_name_and_the_look(sign_in, owner, acme):
    browser = sign_in(owner)
    assert "Settings" in menu(browser.get(TODAY))

    Membership.objects.filter(user=owner).update(role=Role.MEMBER)
    acme.name = "Acme & Cie"
    acme.save()
    browser.cookies["theme"] = "dark"
    response = browser.get(TODAY)

    assert "Échéance Acme &amp; Cie" in menu(response)
    assert "Settings" not in menu(response)
    assert 'value="dark" aria-pressed="true"' in " ".join(response.content.decode().split())


def test_the_buttons_of_the_menus_are_sent_with_the_token_of_this_request(sign_in, owner):
    browser = sign_in(owner)
    tokens = set()
    for _time in range(2):
        page = browser.get(TODAY).content.decode()
        form = page.split('<form id="my-look"')[1].split("</form>")[0]
        tokens.add(re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1])
        assert f'name="next" value="{TODAY}"' in form
        assert page.count('form="my-look"') == 10
        assert page.count('form="sign-out"') == 2

    assert len(tokens) == 2


@pytest.mark.parametrize("text", ["<b>", mark_safe("<b>")])
def test_what_is_html_and_what_is_not_are_kept_apart(text):
    drawn = [kept("components/filters.html", choices=(), label=each) for each in ("<b>", text)]

    assert 'aria-label="&lt;b&gt;"' in drawn[0]
    assert (drawn[1] == drawn[0]) == (type(text) is str)


def test_a_session_that_has_ended_is_nobody(sign_in, owner):
    browser = sign_in(owner)
    browser.session.flush()

    response = browser.get(TODAY)

    assert response["Location"] == "/accounts/login/?next=/t/acme/"


def test_somebody_who_was_switched_off_is_nobody(sign_in, owner):
    browser = sign_in(owner)
    owner.is_active = False
    owner.save()

    assert browser.get(TODAY)["Location"] == "/accounts/login/?next=/t/acme/"
