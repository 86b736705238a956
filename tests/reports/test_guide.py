"""The first minute in the demonstration: real things, ticked when opened, and nowhere else."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.test import override_settings

from tenants import clock
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_user
from tests.factories.dunning import FIRST_DAY, at, late_case

BACKEND = django_settings.AUTHENTICATION_BACKENDS[0]


@pytest.fixture(autouse=True)
def _demo(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
    settings.DEMO = True


@pytest.fixture
def page(client, acme, owner):
    """The owner of a demo business that is live and has one late debt."""
    Tenant.objects.filter(pk=acme.pk).update(is_demo=True, mode="LIVE")
    acme.refresh_from_db()
    with use_tenant(acme), tenant_atomic():
        late_case()
    client.force_login(owner, BACKEND)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with use_tenant(acme):
        morning = at(FIRST_DAY, 8)
    with clock.as_of(morning):
        yield client


def steps(page):
    return [(step.key, step.is_done) for step in page.get("/t/acme/").context["guide"]]


def test_a_step_leads_to_the_real_thing_and_is_ticked(page, acme):
    assert steps(page) == [
        ("owed", False), ("mail", False), ("pay", False), ("transfer", False), ("proof", False),
    ]  # fmt: skip

    owed = page.get("/t/acme/evening/guide/owed/", follow=True)
    mail = page.get("/t/acme/evening/guide/mail/", follow=True)

    assert (owed.status_code, owed.redirect_chain) == (200, [("/t/acme/reports/aged/", 302)])
    assert mail.redirect_chain[-1][0].startswith("/t/acme/dunning/plan/")
    assert "Garage Morvan" in mail.content.decode()
    assert dict(steps(page)) == {
        "owed": True, "mail": True, "pay": False, "transfer": False, "proof": False,
    }  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("mode", ["LIVE", "TEST"])
def test_every_step_of_every_visitor_leads_to_a_page(page, acme, role, mode):
    Tenant.objects.filter(pk=acme.pk).update(mode=mode)
    page.force_login(make_user(f"{role}@x.example", acme, role), BACKEND)

    for key, _done in steps(page):
        answer = page.get(f"/t/acme/evening/guide/{key}/", follow=True)

        assert (key, answer.status_code) == (key, 200)


def test_the_card_can_be_closed_and_stays_so(page):
    assert b"Your first minute" in page.get("/t/acme/").content

    page.post("/t/acme/evening/guide/close/")

    assert b"Your first minute" not in page.get("/t/acme/").content


def test_a_business_that_is_no_demo_has_no_guide(page, acme):
    Tenant.objects.filter(pk=acme.pk).update(is_demo=False)

    assert steps(page) == []
    assert page.get("/t/acme/evening/guide/owed/").status_code == 404
    assert page.post("/t/acme/evening/guide/close/").status_code == 404


def test_outside_the_demonstration_there_is_no_guide(page):
    with override_settings(DEMO=False):
        assert steps(page) == []
        assert page.get("/t/acme/evening/guide/owed/").status_code == 404


def test_the_sign_in_page_offers_the_people_of_the_demonstration(client, acme):
    user = make_user("claire@atelier-morel.example", acme, Role.OWNER)
    user.set_password("demo-echeance")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    page = client.get("/accounts/login/").content.decode()
    signed_in = client.post(
        "/accounts/login/", {"login": user.email, "password": "demo-echeance"}, follow=True
    )

    assert page.count('name="login" value="claire@atelier-morel.example"') == 1
    assert "ines@studio-pervenche.example" not in page  # still loading
    assert signed_in.redirect_chain[-1][0] == "/t/acme/"


def test_outside_the_demonstration_nobody_is_offered(client, acme):
    make_user("claire@atelier-morel.example", acme, Role.OWNER)
    with override_settings(DEMO=False):
        page = client.get("/accounts/login/").content.decode()

    assert "claire@atelier-morel.example" not in page
    assert Membership.objects.count() >= 1
