"""Numbers of companies, banks and mailboxes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identifiers import (
    InvalidIdentifier,
    clean_bic,
    clean_email,
    clean_eu_vat,
    clean_french_vat,
    clean_iban,
    clean_siren,
    clean_siret,
    siren_of_siret,
    vat_of_siren,
)

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "law_vectors.json").read_text())
ALL = [
    clean_bic,
    clean_email,
    clean_eu_vat,
    clean_french_vat,
    clean_iban,
    clean_siren,
    clean_siret,
]


@pytest.mark.parametrize(("siren", "vat"), VECTORS["ids"].items())
def test_the_vat_number_follows_from_the_siren(siren, vat):
    assert vat_of_siren(siren) == vat
    assert clean_french_vat(vat) == vat


@pytest.mark.parametrize(
    ("clean", "text", "expected"),
    [
        (clean_siren, " 732 829 320 ", "732829320"),
        (clean_siren, "552100554", "552100554"),
        (clean_siren, "443061841", "443061841"),
        (clean_siren, "123456782", "123456782"),
        (clean_siret, "732 829 320 00074", "73282932000074"),
        (clean_siret, "35600000049837", "35600000049837"),
        (clean_siret, "35600000000048", "35600000000048"),
        (clean_french_vat, "fr 44 732 829 320", "FR44732829320"),
        (clean_french_vat, "44732829320", "FR44732829320"),
        (clean_eu_vat, "DE 136 695 976", "DE136695976"),
        (clean_eu_vat, "FR44732829320", "FR44732829320"),
        (clean_iban, "fr76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
        (clean_bic, "agrifrpp", "AGRIFRPP"),
        (clean_email, " Jean.Dupont@Example.COM ", "Jean.Dupont@example.com"),
        (clean_email, "a@exämple.com", "a@xn--exmple-cua.com"),
    ],
)
def test_a_right_one_is_put_in_its_one_form(clean, text, expected):
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("clean", "text", "kind"),
    [
        (clean_siren, "123456789", "SIREN"),
        (clean_siren, "73282932", "SIREN"),
        (clean_siret, "73282932000079", "SIRET"),
        (clean_siret, "35600000049838", "SIRET"),
        (clean_french_vat, "FR45732829320", "VAT"),
        (clean_eu_vat, "GB123456789", "EU_VAT"),
        (clean_eu_vat, "../..", "EU_VAT"),
        (clean_iban, "FR7630006000011234567890188", "IBAN"),
        (clean_bic, "AGRIFR", "BIC"),
        (clean_email, "é@example.com", "EMAIL"),
        (clean_email, "a@example.com\nBcc: b@example.com", "EMAIL"),
        (clean_email, "Jean <a@example.com>", "EMAIL"),
        (clean_email, "a" * 300, "EMAIL"),
    ],
)
def test_a_wrong_one_is_refused_by_its_kind(clean, text, kind):
    with pytest.raises(InvalidIdentifier) as refusal:
        clean(text)

    assert refusal.value.kind == kind


def test_the_refusal_names_what_was_typed():
    with pytest.raises(InvalidIdentifier) as refusal:
        clean_siren(" 123456789 ")

    assert str(refusal.value) == (
        "“123456789” is not a SIREN: nine digits, the last one being a check digit."
    )


@pytest.mark.parametrize("clean", ALL)
def test_nothing_at_all_is_refused(clean):
    with pytest.raises(InvalidIdentifier):
        clean("")


@pytest.mark.parametrize("clean", ALL)
@given(text=st.text(max_size=100))
def test_no_text_whatever_breaks_the_check(clean, text):
    try:
        found = clean(text)
    except InvalidIdentifier:
        return

    assert clean(found) == found


def test_the_siren_is_the_head_of_the_siret():
    assert siren_of_siret("732 829 320 00074") == "732829320"
