"""The operator's admin: tenants, people, dated law; nobody else gets in, nothing is deleted."""

import pytest
from django.contrib import admin
from django.urls import reverse

from legal.models import LegalRate, LegalText, LegalThreshold, VatRate
from tenants.models import Membership, Role, Tenant, User
from tests.conftest import make_user

OURS = (Tenant, User, LegalRate, LegalText, LegalThreshold, VatRate)
BACKEND = "tenants.signed_in.PasswordBackend"


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def operator(client, db):
    user = User.objects.create_superuser("operator@host.example", "a-long-password")
    client.force_login(user, BACKEND)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page_of(model, what="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_each_list_opens_to_the_operator(operator, acme, model):
    assert operator.get(page_of(model)).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_each_list_is_closed_to_owners_of_businesses(client, owner, model):
    client.force_login(owner, BACKEND)

    response = client.get(page_of(model))

    assert (response.status_code, response.url.split("?")[0]) == (302, "/operator/login/")


def test_the_sign_in_of_the_operator_is_refused_to_whoever_is_not_staff(client, owner):
    client.force_login(owner, BACKEND)

    assert client.get("/operator/login/").status_code == 403


def test_the_operator_signs_in_where_failures_are_counted(client, db):
    response = client.get("/operator/login/?next=/operator/")

    assert (response.status_code, response.url.split("?")[0]) == (302, "/accounts/login/")


def test_nothing_of_a_tenant_is_shown_to_the_operator():
    global_only = {model._meta.label for model in admin.site._registry}
    allowed = {model._meta.label for model in OURS} | {"auth.Group", "account.EmailAddress"}

    assert global_only <= allowed


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_the_operator_deletes_nothing(operator, acme, model):
    row = model._default_manager.first()

    assert operator.post(page_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [Tenant, User])
def test_businesses_and_people_are_not_made_here(operator, model):
    assert operator.get(page_of(model, "add")).status_code == 403


def test_a_person_is_locked_out(operator, client, acme):
    somebody = make_user("somebody@acme.example", acme, Role.MEMBER)
    form = {"email": somebody.email, "name": "Somebody", "language": "fr"}  # is_active unticked

    response = operator.post(page_of(User, "change", somebody.pk), form)

    somebody.refresh_from_db()
    assert (response.status_code, somebody.is_active) == (302, False)


def test_a_tenant_shows_its_members_and_is_changed(operator, acme, owner):
    page = operator.get(page_of(Tenant, "change", acme.pk))

    (members,) = page.context["inline_admin_formsets"]
    assert [form.instance for form in members.formset.initial_forms] == [
        Membership.objects.get(user=owner)
    ]
