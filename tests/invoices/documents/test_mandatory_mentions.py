"""The mandatory mentions of French law (M01 to M31), read back from the printed page."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoices.documents.data import (
    Address,
    Allowance,
    DocumentKind,
    Mention,
    Operation,
    Party,
    Reference,
    Totals,
    VatCategory,
    VatLine,
)
from tests.invoices.documents.reading import reader_of, text_of
from tests.invoices.documents.samples import (
    B2B_MENTIONS,
    BUYER,
    CONSUMER,
    SELLER,
    a_credit_note,
    an_invoice,
    some_lines,
)

INVOICE = an_invoice()
CREDIT_NOTE = a_credit_note()
NET = Decimal("2788.80")
FRANCHISE = "TVA non applicable, article L. 223-3 du CIBS"
SOLE_TRADER = an_invoice(
    lines=tuple(
        replace(line, vat_rate=Decimal(0), vat_category=VatCategory.EXEMPT) for line in some_lines()
    ),
    seller=replace(
        SELLER, name="Jeanne Martin", vat_number="", legal_form="", capital="", registry_city=""
    ),
    buyer=CONSUMER,
    vat_breakdown=(VatLine(Decimal(0), VatCategory.EXEMPT, NET, Decimal(0)),),
    totals=Totals(NET, Decimal(0), NET, Decimal(0), NET),
    mentions=(
        Mention("EI", "EI"),
        Mention("FRANCHISE", FRANCHISE),
        Mention("MEDIATOR", "Médiateur de la consommation : M. Dupont, 75008 Paris."),
    ),
)
GOODS = an_invoice(
    operation=Operation.GOODS,
    buyer=replace(
        BUYER,
        billing_address=Address(("BP 12",), "34501", "Béziers Cedex"),
        delivery_address=Address(("Quai n° 7", "Zone du Capiscol"), "34500", "Béziers"),
    ),
)


def with_mention(key: str, text: str):
    return replace(INVOICE, mentions=(*B2B_MENTIONS, Mention(key, text)))


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (DocumentKind.INVOICE, "Facture"),
        (DocumentKind.DEPOSIT, "Facture d’acompte"),
        (DocumentKind.PROGRESS, "Facture de situation"),
        (DocumentKind.FINAL, "Facture de solde"),
        (DocumentKind.CREDIT_NOTE, "Avoir"),
        (DocumentKind.CORRECTIVE, "Facture rectificative"),
    ],
)
def test_m01_the_document_says_what_it_is(kind, word):
    assert f"{word} F-2026-0042" in text_of(an_invoice(kind=kind))


def test_m02_number_is_printed_and_in_the_title():
    assert "Facture F-2026-0042" in text_of(INVOICE)
    assert reader_of(INVOICE).metadata.title == "Facture F-2026-0042 – Atelier Lumière & Cie"


def test_m03_issue_date():
    assert "22 novembre 2026" in text_of(INVOICE)


def test_m04_seller_name_address_and_siren():
    text = text_of(INVOICE)

    assert "Atelier Lumière & Cie 12 bis, rue de la Hêtraie 45000 Orléans" in text
    assert "SIREN 732 829 320" in text


def test_m05_seller_vat_number_is_there_unless_franchise():
    assert "TVA FR44732829320" in text_of(INVOICE)
    assert "FR44" not in text_of(SOLE_TRADER)


def test_m06_legal_form_capital_and_registry():
    assert "SARL au capital de 10 000 €" in text_of(INVOICE)
    assert "RCS Orléans" in text_of(INVOICE)
    assert "capital" not in text_of(SOLE_TRADER)
    assert "RCS" not in text_of(SOLE_TRADER)


def test_m06_company_in_liquidation_says_so():
    assert "Société en liquidation" in text_of(
        with_mention("LIQUIDATION", "Société en liquidation")
    )
    assert "liquidation" not in text_of(INVOICE)


def test_m07_sole_trader_is_named_as_such():
    assert "Jeanne Martin EI 12 bis" in text_of(SOLE_TRADER)
    assert "Cie EI" not in text_of(INVOICE)


def test_m08_buyer_name_and_address():
    assert (
        "Café de l’Évêché SAS Service comptabilité 4, place Sainte-Cécile 34500 Béziers"
        in text_of(INVOICE)
    )


def test_m08_billing_address_is_in_the_window_and_the_seat_apart():
    text = text_of(GOODS)

    assert "Service comptabilité BP 12 34501 Béziers Cedex" in text
    assert "Adresse du client 4, place Sainte-Cécile, 34500 Béziers" in text
    assert "Adresse du client" not in text_of(INVOICE)


def test_m09_buyer_siren_for_a_business_only():
    assert "SIREN 552 100 554" in text_of(INVOICE)
    assert text_of(SOLE_TRADER).count("SIREN") == 1


def test_m10_buyer_vat_number():
    assert "TVA FR96552100554" in text_of(INVOICE)


def test_m11_fiscal_representative():
    agent = Party("Fisc & Co", Address(("1, rue Haute",), "75001", "Paris"), "", "FR37200000008")

    text = text_of(an_invoice(fiscal_representative=agent))

    assert "Représentant fiscal Fisc & Co, 1, rue Haute, 75001 Paris, FR37200000008" in text
    assert "Représentant" not in text_of(INVOICE)


def test_m12_member_of_a_vat_group_by_its_frozen_text():
    member = "Membre d’un assujetti unique : Groupe Lumière, FR37200000008"

    assert member in text_of(with_mention("VAT_GROUP", member))


def test_m13_delivery_address_when_it_differs():
    assert "Adresse de livraison Quai n° 7, Zone du Capiscol, 34500 Béziers" in text_of(GOODS)
    assert "Adresse de livraison" not in text_of(INVOICE)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (INVOICE, "Prestation de services"),
        (GOODS, "Livraison de biens"),
        (an_invoice(operation=Operation.MIXED), "Biens et services"),
    ],
)
def test_m14_category_of_the_operation(data, words):
    assert words in text_of(data)


def test_m15_each_line_says_quantity_name_price_and_rate():
    assert (
        "Création d’un site vitrine Maquettes, intégration, mise en ligne "
        "3 jours 650,00 20 % 1 950,00" in text_of(INVOICE)
    )


def test_m15_a_precise_price_keeps_its_decimals():
    line = replace(some_lines(1)[0], unit_price=Decimal("0.0512"), quantity=Decimal("12345.5"))

    assert "12 345,5 jours 0,0512 20 %" in text_of(an_invoice(lines=(line,)))


def test_m16_discounts_are_stated():
    line = replace(some_lines(1)[0], discount_percent=Decimal("12.5"))
    loyalty = Allowance("Remise de fidélité", Decimal("100.00"), Decimal(20))

    text = text_of(an_invoice(lines=(line,), allowances=(loyalty,)))

    assert "Remise de 12,5 %" in text
    assert "Remise de fidélité (TVA 20 %) −100,00 €" in text
    assert "Remise" not in text_of(INVOICE)


def test_m17_delivery_date_when_it_differs():
    same_day = an_invoice(delivered_on=date(2026, 11, 22))

    assert "20 novembre 2026" in text_of(INVOICE)
    assert "Livraison ou exécution" not in text_of(same_day)


def test_m17_a_period_stands_for_the_date():
    monthly = an_invoice(period=(date(2026, 10, 1), date(2026, 10, 31)))

    assert "01/10/2026 – 31/10/2026" in text_of(monthly)
    assert "Livraison ou exécution" not in text_of(monthly)


def test_m18_base_and_vat_per_rate_and_totals():
    rates = (
        VatLine(Decimal("5.5"), VatCategory.STANDARD, Decimal("49.40"), Decimal("2.72")),
        VatLine(Decimal(20), VatCategory.STANDARD, Decimal("299.00"), Decimal("59.80")),
    )
    totals = Totals(
        Decimal("348.40"), Decimal("62.52"), Decimal("410.92"), Decimal(0), Decimal("410.92")
    )

    text = text_of(an_invoice(vat_breakdown=rates, totals=totals))

    assert "5,5 % 49,40 € 2,72 €" in text
    assert "20 % 299,00 € 59,80 €" in text
    assert "Total HT 348,40 € Total TVA 62,52 € Total TTC 410,92 €" in text


def test_m19_option_for_debits():
    option = "Option pour le paiement de la taxe d’après les débits"

    assert option in text_of(with_mention("DEBITS", option))
    assert option not in text_of(INVOICE)


def test_m20_exemption_is_stated_and_no_vat_shown():
    text = text_of(SOLE_TRADER)

    assert FRANCHISE in text
    assert "Total TVA" not in text
    assert "Taux de TVA" not in text
    assert "TVA non applicable" not in text_of(INVOICE)


def test_m21_reverse_charge():
    reverse = "Autoliquidation – sous-traitance BTP (art. 283-2 nonies du CGI)"

    assert reverse in text_of(with_mention("RC_BTP", reverse))


def test_m22_to_m23_special_schemes():
    assert "Autofacturation" in text_of(with_mention("SELF_BILLED", "Autofacturation"))


def test_m24_due_date_is_on_a_sale_and_not_on_a_credit_note():
    assert "Échéance" in text_of(INVOICE)
    assert "au plus tard le 22 décembre 2026" in text_of(INVOICE)
    assert "Échéance" not in text_of(CREDIT_NOTE)
    assert "décembre" not in text_of(replace(CREDIT_NOTE, lines=some_lines(2)[:1]))


@pytest.mark.parametrize("mention", B2B_MENTIONS, ids=("m26_rate", "m27_forty", "m25_discount"))
def test_m25_to_m27_business_terms(mention):
    assert mention.text in text_of(INVOICE)


def test_consumer_sees_neither_the_forty_euros_nor_the_penalty_rate():
    text = text_of(SOLE_TRADER)

    assert "40 €" not in text
    assert "pénalités" not in text
    assert "Médiateur de la consommation : M. Dupont, 75008 Paris." in text


def test_m28_purchase_order():
    assert "Votre commande" in text_of(INVOICE)
    assert "PO-4471" in text_of(INVOICE)
    assert "Votre commande" not in text_of(SOLE_TRADER)


def test_m29_builders_insurance():
    cover = "Assurance décennale : Lloyd, 1 rue Z, couverture géographique : France."

    assert cover in text_of(with_mention("DECENNALE", cover))


def test_m31_vat_in_euros_when_billed_in_another_currency():
    totals = replace(INVOICE.totals, vat_in_euros=Decimal("512.40"))

    text = text_of(an_invoice(currency="USD", totals=totals))

    assert "TVA en euros 512,40 €" in text
    assert "Montants en USD" in text
    assert "TVA en euros" not in text_of(INVOICE)


def test_credit_note_names_the_invoice_its_date_and_the_reason():
    text = text_of(CREDIT_NOTE)

    assert "Avoir sur la facture F-2026-0042 du 5 octobre 2026" in text
    assert "Motif Une journée de création non réalisée" in text
    assert "Total à votre crédit 2 340,00 €" in text


def test_credit_note_asks_for_no_money():
    text = text_of(replace(CREDIT_NOTE, payment=INVOICE.payment))

    assert "IBAN" not in text
    assert "Net à payer" not in text


def test_corrective_invoice_names_what_it_replaces():
    corrective = an_invoice(
        kind=DocumentKind.CORRECTIVE, references=(Reference("F-2026-0040", date(2026, 12, 1)),)
    )

    assert "Annule et remplace la facture F-2026-0040 du 1er décembre 2026" in text_of(corrective)


def test_corrective_invoice_prints_the_frozen_wording_once():
    wording = "Annule et remplace la facture n° F-2026-0040 du 1er décembre 2026."
    corrective = an_invoice(
        kind=DocumentKind.CORRECTIVE,
        references=(Reference("F-2026-0040", date(2026, 12, 1)),),
        mentions=(*B2B_MENTIONS, Mention("CORRECTIVE", wording)),
    )

    assert text_of(corrective).count("Annule et remplace") == 1
    assert wording in text_of(corrective)


def test_final_invoice_lists_each_deposit():
    deposit = Reference("F-2026-0001", date(2026, 9, 1), Decimal(3000), Decimal(600))

    text = text_of(an_invoice(kind=DocumentKind.FINAL, references=(deposit,)))

    assert (
        "Acomptes déjà facturés Facture F-2026-0001 du 1er septembre 2026, "
        "Base HT 3 000,00 €, TVA 600,00 €" in text
    )
