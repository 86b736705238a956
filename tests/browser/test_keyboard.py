"""Without a mouse: the skip link, a ring on everything that has the focus, menus and dialogs."""

import pytest
from django.test import override_settings

from dunning.ladder_rows import write_shipped_ladders
from tenants.models import Role
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant, make_user
from tests.factories.dunning import NOTICE_DAY, at, debtor, late_case

LONGEST_WALK = 120  # presses of Tab
WIDTHS = {"wide": 1440, "narrow": 390}

# what has the focus: its markup, whether it wears a ring, and whether it can be seen
FOCUSED = """() => {
    const here = document.activeElement;
    if (here === document.body) return null;
    const rings = (element) => getComputedStyle(element).outlineStyle !== "none";
    const box = here.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
        id: [...document.querySelectorAll("*")].indexOf(here),
        html: here.outerHTML.slice(0, 100),
        rings: rings(here) || rings(here.parentElement),
        seen: top !== null && (here.contains(top) || top.contains(here)),
    };
}"""


@pytest.fixture(scope="module")
def book(swept, app):
    """A business with a few debts, on the day of `NOTICE_DAY`."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        tenant = make_tenant("acme", name="Atelier Morel")
        owner = make_user("owner@acme.example", tenant, Role.OWNER)
    with use_tenant(tenant):
        with tenant_atomic():
            write_shipped_ladders()
            for name in ("Garage Morvan", "Hôtel des Remparts"):
                late_case(debtor(name))
        moment = at(NOTICE_DAY, 11)
    with app.at(moment):
        yield owner


@pytest.fixture
def visit(book, open_page):
    return lambda path="", width=1440: open_page(f"/t/acme/{path}", user=book, width=width)


def walk(page):
    """Press Tab until the focus leaves the page or comes round; what had it on the way."""
    stops = {}
    for _press in range(LONGEST_WALK):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (len(stops) > 1 and stop["id"] == next(iter(stops))):
            return list(stops.values())
        stops.setdefault(stop["id"], stop)  # a field of a date is stopped at four times
    pytest.fail(f"the keyboard is caught after {LONGEST_WALK} presses")


def tab_to(page, selector):
    for _press in range(LONGEST_WALK):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


def focused(page, selector):
    return page.evaluate("(selector) => document.activeElement.matches(selector)", selector)


def test_the_first_tab_offers_to_skip_the_menu(visit):
    page = visit()

    page.keyboard.press("Tab")
    offered = page.locator("a.skip").bounding_box()
    page.keyboard.press("Enter")
    landed = focused(page, "main")
    page.keyboard.press("Tab")

    assert (offered["x"] >= 0, offered["y"] >= 0) == (True, True)
    assert (landed, focused(page, "main *")) == (True, True)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["", "invoices/", "invoices/new/", "clients/new/", "dunning/"])
def test_whatever_has_the_focus_wears_a_ring_and_can_be_seen(visit, path, width):
    page = visit(path, WIDTHS[width])

    stops = walk(page)

    assert len(stops) > 10
    assert [stop["html"] for stop in stops if not (stop["rings"] and stop["seen"])] == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_menu_of_a_telephone_opens_and_closes_by_keys(visit, key):
    page = visit(width=390)
    menu = page.locator(".tabbar details")

    tab_to(page, ".tabbar summary")
    page.keyboard.press(key)
    opened = menu.evaluate("menu => menu.open")
    page.keyboard.press("Tab")
    inside = focused(page, ".tabbar .menu-in a")
    page.keyboard.press("Escape")

    assert (opened, inside) == (True, True)
    assert menu.evaluate("menu => menu.open") is False
    assert focused(page, ".tabbar summary")


def test_the_menu_of_a_person_closes_by_escape_and_gives_the_focus_back(visit):
    page = visit()

    tab_to(page, ".side .me summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    assert page.locator(".side .me").evaluate("menu => menu.open") is False
    assert focused(page, ".side .me summary")


def test_the_dialog_of_shortcuts_holds_the_focus_and_gives_it_back(visit):
    page = visit()
    tab_to(page, ".task .act a, main a.btn")
    before = page.evaluate(FOCUSED)["id"]

    page.keyboard.press("?")
    opened = page.locator("#keys").evaluate("dialog => dialog.open")
    inside = focused(page, "#keys *")
    page.keyboard.press("Escape")

    assert (opened, inside) == (True, True)
    assert page.locator("#keys").evaluate("dialog => dialog.open") is False
    assert page.evaluate(FOCUSED)["id"] == before
