"""The instalment plan on paper: what the law wants said, and nothing it does not support."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoices.documents.data import PaymentBlock
from invoices.documents.plan import PlanData, PlanDebtLine, PlanPartLine
from invoices.documents.render import render_plan
from tests.invoices.documents.reading import words_in
from tests.invoices.documents.samples import BUYER, CONSUMER, HOLDER, IBAN, SELLER

D = Decimal


def a_plan(**changes) -> PlanData:
    data = PlanData(
        language="fr",
        place="Orléans",
        proposed_on=date(2026, 11, 22),
        answer_by=date(2026, 11, 29),
        seller=SELLER,
        buyer=BUYER,
        debts=(
            PlanDebtLine(
                "F-2026-0011", date(2026, 8, 1), date(2026, 8, 31), D(1200), D(0), D(1200)
            ),
            PlanDebtLine(
                "F-2026-0012", date(2026, 9, 1), date(2026, 9, 30), D(1050), D(200), D(850)
            ),
        ),
        parts=(
            PlanPartLine(None, D(700), D(700), D(1350)),
            PlanPartLine(date(2026, 12, 22), D(700), D(1400), D(650)),
            PlanPartLine(date(2027, 1, 22), D(650), D(2050), D(0)),
        ),
        total=D(2050),
        payment=PaymentBlock(
            account_holder=HOLDER, iban=IBAN, bic="AGRIFRPP", reference="F-2026-0011 F-2026-0012"
        ),
        identity="0b9e",
    )
    return replace(data, **changes)


@pytest.fixture(scope="module")
def french():
    return words_in(render_plan(a_plan()))


@pytest.fixture(scope="module")
def english():
    return words_in(render_plan(a_plan(language="en", fee=D(30))))


@pytest.mark.parametrize(
    "said",
    [
        "Échéancier de règlement",
        "Atelier Lumière & Cie",
        "Café de l’Évêché SAS",
        "F-2026-0012 01/09/2026 30/09/2026 1 050,00 200,00 850,00",
        "Total reconnu 2 050,00 €",
        "1 le jour de l’acceptation 700,00 700,00 1 350,00",
        "3 22 janvier 2027 650,00 2 050,00 0,00",
        "reconnaît devoir 2 050,00 € à Atelier Lumière & Cie",
        "interrompt la prescription (article 2240 du code civil)",
        "Rien n’est ajouté",
        "Sans novation.",
        "ne comporte pas de clause de déchéance du terme",
        "Référence F-2026-0011 F-2026-0012",
        "J’accepte cet échéancier et je reconnais devoir 2 050,00 €",
        "valable jusqu’au 29 novembre 2026",
    ],
)
def test_french_plan_says(french, said):
    assert said in french


@pytest.mark.parametrize(
    "said",
    [
        "Instalment plan",
        "Total acknowledged €2,050.00",
        "1 the day it is accepted 700.00 700.00 1,350.00",
        "a separate item, due with the first part €30.00",
        "Total to pay €2,080.00",
        "interrupts the limitation period (article 2240 of the French Civil Code)",
        "No interest is added",
        "No novation.",
        "no acceleration clause",
        "name and capacity",
    ],
)
def test_english_plan_says(english, said):
    assert said in english


def test_consumer_is_not_asked_for_a_capacity():
    words = words_in(render_plan(a_plan(buyer=CONSUMER)))

    assert "indique son nom, et coche" in words
    assert "qualité" not in words


def test_same_plan_gives_the_same_bytes():
    assert render_plan(a_plan()) == render_plan(a_plan())


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_plan_keeps_to_the_archive_and_accessibility_profiles(faults_of, profile, language):
    assert faults_of(render_plan(a_plan(language=language)), profile) == []
