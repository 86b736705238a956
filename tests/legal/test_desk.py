"""The operator's desk: edits are checked, marked, and nothing is deleted."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import reverse

from legal.admin import LegalRateAdmin
from legal.forms import LegalRateForm, LegalTextForm
from legal.models import LegalRate, LegalText, LegalThreshold, VatRate
from legal.services import LoadReport, load_legal_data
from tenants.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client, settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    client.force_login(User.objects.create_superuser("root@example.com", "a-long-password"))
    return client


def rate_form(**changes):
    data = {"half_year": "2027-H1", "legal_pro": "2.50", "ecb_refi": "2.15", "source": "JO"}
    return LegalRateForm(data | changes)


def text_form(**changes):
    data = {
        "key": "PMT",
        "language": "fr",
        "text": "Indemnité : {amount}.",
        "valid_from": "2027-01-01",
        "source": "JO",
    }
    return LegalTextForm(data | changes)


def test_the_dates_follow_from_the_half_year():
    rate = rate_form().save()

    assert (rate.valid_from, rate.valid_to) == (dt.date(2027, 1, 1), dt.date(2027, 6, 30))
    assert (rate.legal_pro, rate.legal_individual) == (Decimal("2.50"), None)


@pytest.mark.parametrize(
    "changes",
    [
        {"half_year": "2027"},
        {"half_year": "next"},
        {"half_year": ""},
        {"half_year": "2027-H3"},
        {"half_year": "2026-H1"},
        {"legal_pro": "-1"},
        {"legal_pro": "2.555"},
        {"source": ""},
    ],
    ids=str,
)
def test_a_rate_that_makes_no_sense_is_refused_at_its_field(changes):
    assert list(rate_form(**changes).errors) == list(changes)


def test_a_wording_uses_only_values_that_exist():
    errors = text_form(text="Indemnité : {ammount}.").errors

    assert errors == {"__all__": ["This wording uses values that do not exist for it: ammount."]}
    assert text_form().is_valid() is True
    assert list(text_form(text="").errors) == ["text"]


def test_an_edit_at_the_desk_is_marked_and_survives_the_next_load():
    desk = LegalRateAdmin(LegalRate, admin.site)
    rate = LegalRate.objects.get(half_year="2026-H2")
    rate.ecb_refi = Decimal("2.15")

    desk.save_model(RequestFactory().post("/"), rate, rate_form(), change=True)

    assert load_legal_data() == LoadReport(kept=1, unchanged=129)
    assert LegalRate.objects.get(half_year="2026-H2").ecb_refi == Decimal("2.15")


@pytest.mark.parametrize("model", [LegalRate, LegalText, LegalThreshold, VatRate])
def test_facts_end_by_their_date_and_are_never_deleted(model):
    desk = admin.site.get_model_admin(model)

    assert desk.has_delete_permission(RequestFactory().get("/")) is False


@pytest.mark.parametrize("model", [LegalRate, LegalText, LegalThreshold, VatRate])
def test_every_row_opens_at_the_desk(model, operator):
    name = model._meta.model_name

    listed = operator.get(reverse(f"admin:legal_{name}_changelist"))
    opened = operator.get(reverse(f"admin:legal_{name}_change", args=[model.objects.first().pk]))

    assert (listed.status_code, opened.status_code) == (200, 200)
    assert 'name="source"' in opened.content.decode()


def test_a_fact_cannot_end_before_it_starts():
    with pytest.raises(IntegrityError, match="legal_vatrate_dates"), transaction.atomic():
        VatRate.objects.filter(rate=20).update(valid_to=dt.date(2000, 1, 1))


@pytest.mark.parametrize(
    ("model", "name"),
    [(LegalRate, "2026-H1"), (VatRate, "CORSICA 13.00"), (LegalThreshold, "SMALL_CLAIM")],
)
def test_rows_go_by_names_that_operators_know(model, name):
    assert name in [str(row) for row in model.objects.all()]
    assert str(LegalText(key="PMT", language="fr")) == "PMT (fr)"
