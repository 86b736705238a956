"""Payment references and the QR code of a transfer."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identifiers import InvalidIdentifier
from core.references import (
    Transfer,
    TransferNotEncodable,
    clean_rf_reference,
    epc_payload,
    rf_reference,
)

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "law_vectors.json").read_text())
IBAN = "FR7630006000011234567890189"


def transfer(**changes):
    facts = {"name": "DUPONT CONSEIL SARL", "iban": IBAN, "amount": Decimal("1257.98")}
    return Transfer(**facts | changes)


@pytest.mark.parametrize(("number", "reference"), VECTORS["rf"].items())
def test_an_invoice_number_becomes_its_reference(number, reference):
    assert rf_reference(number) == reference


@given(st.text(alphabet="ABCXYZ0189-/_.", min_size=1, max_size=25).filter(str.isalnum))
def test_every_reference_checks_out(number):
    reference = rf_reference(number[:21])

    assert clean_rf_reference(reference.lower()) == reference
    assert len(reference) <= 25


@pytest.mark.parametrize("number", ["", "---", "F-" + "1" * 21, "FACTURE N°12", "É-1"])
def test_a_number_that_gives_no_reference_is_refused(number):
    with pytest.raises(InvalidIdentifier):
        rf_reference(number)


def test_a_mistyped_reference_is_refused():
    assert clean_rf_reference("rf18 5390 0754 7034") == "RF18539007547034"
    with pytest.raises(InvalidIdentifier):
        clean_rf_reference("RF19539007547034")


def test_the_qr_code_holds_the_lines_of_the_worked_example():
    payload = epc_payload(transfer(reference="RF26FA20260001"))

    assert payload.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        "DUPONT CONSEIL SARL",
        IBAN,
        "EUR1257.98",
        "",
        "RF26FA20260001",
    ]
    assert len(payload.encode()) == 89


def test_a_free_text_stands_on_the_line_after_the_reference():
    payload = epc_payload(
        transfer(text="Facture F-2026-0042", bic="agrifrpp", information="Merci", purpose="COMC")
    )

    assert payload.split("\n")[4] == "AGRIFRPP"
    assert payload.split("\n")[8:] == ["COMC", "", "Facture F-2026-0042", "Merci"]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Decimal("0.00")},
        {"amount": Decimal(-1)},
        {"amount": Decimal("1.005")},
        {"amount": Decimal(1000000000)},
        {"amount": Decimal("NaN")},
        {"name": " "},
        {"name": "A" * 71},
        {"name": "DUPONT\nFR00"},
        {"text": "x" * 141},
        {"text": "a\rb"},
        {"reference": "RF26FA20260001", "text": "both"},
        {"reference": "1" * 36},
        {"purpose": "COMCX"},
        {"information": "x" * 71},
        {"name": "é" * 70, "text": "é" * 140},
    ],
    ids=str,
)
def test_what_banks_would_not_read_is_refused(changes):
    with pytest.raises(TransferNotEncodable):
        epc_payload(transfer(**changes))


@pytest.mark.parametrize(
    "changes", [{"iban": "FR76"}, {"bic": "X"}, {"reference": "RF27FA20260001"}], ids=str
)
def test_wrong_numbers_are_refused_as_such(changes):
    with pytest.raises(InvalidIdentifier):
        epc_payload(transfer(**changes))
