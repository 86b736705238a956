"""What a formal notice must state (law-fr §4.2), and what it must not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoices.documents.data import Consequence, LateFeeSegment, PaymentBlock
from tests.invoices.documents.reading import reader_of, text_of
from tests.invoices.documents.samples import BUYER, CONSUMER, LEGAL_NOTE, SELLER, a_letter

LETTER = a_letter()
ENGLISH = a_letter(language="en")
NOTHING_ASKED = a_letter(
    late_fees=(),
    late_fee_total=Decimal(0),
    indemnity_count=0,
    indemnity_total=Decimal(0),
    daily_interest=None,
    total=Decimal("2050.50"),
)


def test_words_place_and_date():
    assert "Mise en demeure de payer" in text_of(LETTER)
    assert "Orléans, le 15 mai 2026" in text_of(LETTER)
    assert "Nous vous mettons en demeure de nous régler la somme de 2 154,14 €" in text_of(LETTER)


def test_english_notice_keeps_the_french_legal_words():
    assert "This letter is a formal notice (mise en demeure) to pay us €2,154.14" in text_of(
        ENGLISH
    )


def test_both_parties_with_their_siren():
    text = text_of(LETTER)

    assert "Atelier Lumière & Cie 12 bis, rue de la Hêtraie 45000 Orléans" in text
    assert "SIREN 732 829 320" in text
    assert "Café de l’Évêché SAS Service comptabilité 4, place Sainte-Cécile 34500 Béziers" in text
    assert "SIREN 552 100 554" in text


def test_sole_trader_is_named_as_such_on_letters_too():
    trader = replace(SELLER, name="Jeanne Martin", sole_trader=True)

    assert "Jeanne Martin EI 12 bis" in text_of(a_letter(seller=trader))
    assert "Cie EI" not in text_of(LETTER)


def test_each_invoice_with_dates_and_three_amounts():
    text = text_of(LETTER)

    assert "F-2026-0011 01/03/2026 31/03/2026 1 200,00 0,00 1 200,00" in text
    assert "F-2026-0012 20/03/2026 25/04/2026 1 050,50 200,00 850,50" in text


def test_interest_with_rate_days_and_amount():
    text = text_of(LETTER)

    assert "Intérêts de retard arrêtés au 15 mai 2026" in text
    assert "F-2026-0011 01/04/2026 15/05/2026 45 1 200,00 12,15 % 17,98" in text
    assert "F-2026-0012 26/04/2026 15/05/2026 20 850,50 12,15 % 5,66" in text


def test_segments_are_shown_unrounded_so_that_they_add_up():
    segments = (
        LateFeeSegment(
            "F-1", Decimal(1200), Decimal("12.15"), date(2026, 4, 1), date(2026, 4, 20), 20,
            Decimal("7.98904109"),
        ),
        LateFeeSegment(
            "F-1", Decimal(700), Decimal("12.15"), date(2026, 4, 21), date(2026, 5, 15), 25,
            Decimal("5.82534246"),
        ),
    )  # fmt: skip

    text = text_of(a_letter(late_fees=segments, late_fee_total=Decimal("13.81")))

    assert "12,15 % 7,989 F-1" in text
    assert "12,15 % 5,8253 " in text
    assert "Intérêts de retard 13,81 €" in text


def test_indemnity_per_invoice_total_and_daily_interest():
    text = text_of(LETTER)

    assert "Indemnité forfaitaire de recouvrement : 40,00 € × 2 80,00 €" in text
    assert "Principal 2 050,50 €" in text
    assert "Total à régler 2 154,14 €" in text
    assert "À compter du 16 mai 2026, les intérêts s’élèvent à 0,68 € par jour" in text


def test_what_was_not_ticked_is_not_asked():
    text = text_of(NOTHING_ASKED)

    assert "Intérêts" not in text
    assert "Indemnité forfaitaire de" not in text
    assert "Total à régler 2 050,50 €" in text


def test_deadline_is_a_date():
    assert "au plus tard le 26 mai 2026" in text_of(LETTER)


def test_unknown_rate_reserves_later_interest_and_invents_nothing():
    letter = a_letter(
        written_on=date(2026, 11, 23), reserved_from=date(2026, 7, 1), daily_interest=None
    )
    text = text_of(letter)

    assert "Le taux applicable à partir du 1er juillet 2026 n’est pas encore connu" in text
    assert "arrêtés au 30 juin 2026" in text
    assert "expressément réservés" in text
    assert "par jour de retard supplémentaire" not in text


def test_means_of_payment_with_reference():
    text = text_of(LETTER)

    assert "IBAN FR76 3000 6000 0112 3456 7890 189" in text
    assert "RF92 C004 2M1" in text


def test_consequences_are_those_ticked_from_the_mildest():
    ticked = (Consequence.SUMMONS, Consequence.CREDIT_HOLD)
    text = text_of(a_letter(consequences=ticked))

    assert "suspendre l’exécution de vos commandes en cours ;" in text
    assert "vous assigner en paiement devant le tribunal compétent." in text
    assert text.index("suspendre") < text.index("assigner")
    assert "injonction" not in text


def test_no_consequence_is_no_threat():
    assert "nous nous réservons" not in text_of(a_letter(consequences=()))


def test_disputes_contact_signature_and_registered_number():
    text = text_of(LETTER)

    assert "Si vous contestez tout ou partie de ces sommes" in text
    assert "02 38 00 00 00" in text
    assert "Jeanne Martin gérante Atelier Lumière & Cie" in text
    assert "Recommandée avec avis de réception n° 1A 204 118 3321 7" in text
    assert LEGAL_NOTE in text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((), "elles restent impayées. Nous"),
        ((date(2026, 4, 2),), "elles restent impayées, malgré notre rappel du 2 avril 2026."),
        (
            (date(2026, 4, 2), date(2026, 4, 9), date(2026, 4, 16)),
            "malgré nos rappels des 2 avril 2026, 9 avril 2026 et 16 avril 2026.",
        ),
    ],
)
def test_earlier_reminders_are_recalled(days, words):
    assert words in text_of(a_letter(reminded_on=days))


def test_one_invoice_is_written_in_the_singular():
    text = text_of(a_letter(claims=LETTER.claims[:1]))

    assert "Objet : facture impayée" in text
    assert "elle reste impayée" in text


def test_consumer_gets_the_legal_rate_from_the_notice_and_no_forty_euros():
    text = text_of(replace(NOTHING_ASKED, buyer=CONSUMER, legal_notes=()))

    assert "les sommes dues porteront intérêt au taux légal à compter de la présente" in text
    assert "40,00 €" not in text
    assert "porteront intérêt" not in text_of(NOTHING_ASKED)


@pytest.mark.parametrize(
    "letter", [LETTER, ENGLISH, replace(LETTER, consequences=tuple(Consequence))]
)
def test_nothing_looks_like_a_court(letter):
    text = text_of(letter).lower()

    words = ("huissier", "saisie", "commissaire", "république", "jugement", "bailiff", "seizure")
    assert [word for word in words if word in text] == []


def test_many_invoices_repeat_their_headings():
    claims = tuple(replace(LETTER.claims[0], number=f"F-2026-{n:04d}") for n in range(60))
    letter = a_letter(claims=claims, late_fees=(), payment=PaymentBlock())

    pages = [page.extract_text() for page in reader_of(letter).pages]

    assert ["Montant TTC" in page for page in pages[:2]] == [True, True]
    assert f"Page 1/{len(pages)}" in pages[0]


def test_client_reference_is_recalled():
    letter = a_letter(buyer=replace(BUYER, client_reference="C-0042"))

    assert "votre référence client C-0042" in text_of(letter)
