"""Settings of the business: each form, as its owner and as somebody else."""

from decimal import Decimal

import pytest

from tenants.models import AuditEntry, Business, Tenant

SETTINGS = "/t/acme/settings/"
BUSINESS = {
    "legal_name": "Acme SARL",
    "siren": "732 829 320",
    "siret": "73282932000074",
    "vat_number": "FR 44 732829320",
    "vat_regime": "NORMAL",
    "vat_territory": "REUNION",
    "default_operation": "SERVICES",
    "minimum_reminder": "8",
    "longest_promise": "30",
    "vat_exemption": "",
}


@pytest.fixture
def page(sign_in, owner):
    return sign_in(owner)


def errors_of(response):
    return sorted(response.context["form"].errors)


def test_the_business_is_described_and_numbers_are_kept_in_one_form(page, inside):
    response = page.post(f"{SETTINGS}business/", BUSINESS)

    assert response.status_code == 302
    row = inside(Business.objects.get)
    assert (row.siren, row.vat_number, row.vat_territory, row.minimum_reminder) == (
        "732829320",
        "FR44732829320",
        "REUNION",
        8,
    )


def test_every_field_of_the_business_is_on_the_page(page):
    form = page.get(f"{SETTINGS}business/").context["form"]

    shown = [field.name for _title, rows in form.groups for row in rows for field in row]
    assert sorted(shown) == sorted(form.fields)


def test_what_was_changed_is_in_the_audit_trail_and_nothing_else(page, inside, owner):
    page.post(f"{SETTINGS}business/", BUSINESS | {"legal_name": "Acme et fils"})

    entry = inside(lambda: AuditEntry.objects.filter(act="update_business").latest("id"))
    assert entry.user_id == owner.pk
    assert entry.before["legal_name"] == "Acme SARL"
    assert entry.after["legal_name"] == "Acme et fils"
    assert "siren" not in entry.after


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("siren", "732829321"),
        ("siret", "73282932000075"),
        ("vat_number", "FR00732829320"),
        ("vat_number", "DE136695976"),
        ("vat_territory", "ATLANTIS"),
        ("minimum_reminder", "-"),
        ("late_fee_rate", "abc"),
        ("email", "not an address"),
        ("legal_name", ""),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_keeps_what_was_typed(
    page, inside, field, value
):
    response = page.post(f"{SETTINGS}business/", BUSINESS | {"city": "Quimper", field: value})

    assert response.status_code == 422
    assert errors_of(response) == [field]
    assert response.context["form"]["city"].value() == "Quimper"
    assert inside(Business.objects.get).city == "Lorient"


@pytest.mark.parametrize(("field", "value"), [("minimum_reminder", "-1"), ("late_fee_rate", "-2")])
def test_a_negative_sum_or_rate_is_refused(page, inside, field, value):
    response = page.post(f"{SETTINGS}business/", BUSINESS | {field: value})

    assert response.status_code == 422
    assert errors_of(response) == [field]


def test_a_late_fee_rate_below_the_floor_of_the_law_is_refused_in_a_sentence(page, inside):
    response = page.post(f"{SETTINGS}business/", BUSINESS | {"late_fee_rate": "5.25"})

    assert response.status_code == 422
    sentence = (
        "A late-payment rate of 5.25 % is below the lawful minimum of 7.86 %"
        " (3 times the legal rate of 2026-H1)."
    )
    assert response.context["form"].errors == {"late_fee_rate": [sentence]}
    assert sentence in response.content.decode()
    assert inside(Business.objects.get).late_fee_rate is None


def test_a_late_fee_rate_at_the_floor_of_the_law_is_kept(page, inside):
    response = page.post(f"{SETTINGS}business/", BUSINESS | {"late_fee_rate": "7.86"})

    assert response.status_code == 302
    assert inside(Business.objects.get).late_fee_rate == Decimal("7.86")


def test_the_rates_of_another_territory_are_those_of_the_next_draft(page):
    page.post(f"{SETTINGS}business/", BUSINESS)

    lines = page.get("/t/acme/invoices/new/").context["lines"]

    assert lines[0].fields["vat"].choices[0][0] == "S:8.5"


BANK = {
    "account_holder": "Acme SARL",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "bic": "AGRIFRPP",
    "password": "a-long-password",
}


def test_the_bank_is_changed_with_the_password(page, inside):
    inside(Business.objects.update, iban="")

    response = page.post(f"{SETTINGS}bank/", BANK)

    assert response.status_code == 302
    assert inside(Business.objects.get).iban == "FR7630006000011234567890189"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("iban", "FR7630006000011234567890188"),
        ("iban", "hello"),
        ("bic", "NOT A BIC"),
        ("password", "guessed"),
        ("password", ""),
    ],
)
def test_bank_details_are_refused_beside_their_field(page, inside, field, value):
    response = page.post(f"{SETTINGS}bank/", BANK | {"account_holder": "Thief", field: value})

    assert (response.status_code, errors_of(response)) == (422, [field])
    assert inside(Business.objects.get).account_holder == "Acme SARL"


def test_the_password_is_not_shown_again(page):
    response = page.post(f"{SETTINGS}bank/", BANK | {"iban": "x"})

    assert "a-long-password" not in response.content.decode()


LOOK = {"name": "Acme", "language": "en", "send_hour": "8", "color": "#0f5a46"}


def test_the_look_and_the_hour_are_changed(page, acme):
    assert page.post(f"{SETTINGS}look/", LOOK).status_code == 302

    acme.refresh_from_db()
    assert (acme.language, acme.send_hour) == ("en", 8)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("language", "xx"),
        ("send_hour", "25"),
        ("send_hour", "-1"),
        ("color", "red;}body{display:none"),
    ],
)
def test_a_look_that_cannot_be_is_refused(page, acme, field, value):
    response = page.post(f"{SETTINGS}look/", LOOK | {field: value})

    assert (response.status_code, errors_of(response)) == (422, [field])
    acme.refresh_from_db()
    assert acme.language == "fr"


@pytest.mark.parametrize("who", ["member", "accountant"])
@pytest.mark.parametrize(
    ("path", "data"), [("business/", BUSINESS), ("bank/", BANK), ("look/", LOOK)]
)
def test_settings_belong_to_owners(request, sign_in, inside, acme, path, data, who):
    browser = sign_in(request.getfixturevalue(who))

    response = browser.post(SETTINGS + path, data)

    assert response.status_code == 403
    assert inside(Business.objects.get).vat_territory == "METROPOLE"
    assert Tenant.objects.get(pk=acme.pk).language == "fr"


def test_the_switches_stop_and_resume_all(page, acme):
    page.post(f"{SETTINGS}stop/")
    acme.refresh_from_db()
    assert acme.stopped_at is not None

    page.post(f"{SETTINGS}resume/")
    acme.refresh_from_db()
    assert acme.stopped_at is None


def test_going_live_is_a_post_of_the_owner(page, acme):
    assert page.get(f"{SETTINGS}live/").status_code == 405
    page.post(f"{SETTINGS}live/")

    acme.refresh_from_db()
    assert acme.mode == Tenant.Mode.LIVE
