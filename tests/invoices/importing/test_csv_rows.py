"""Rows of a book of invoices: what comes in, what is refused, and the column it is in."""

from decimal import Decimal

import pytest

from invoices.importing.records import ImportedKind
from tests.invoices.importing.book import HEAD, ROW, read, refusals, the_invoice, with_column


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (";C;01/09/2026;;1,00", "Facture", "The invoice number is missing."),
        ("F2;;01/09/2026;;1,00", "Client", "The client is missing."),
        ("F2;C;;;1,00", "Date de facture", "The invoice date is missing."),
        ("F2;C;31/09/2026;;1,00", "Date de facture", "“31/09/2026” is not a date."),
        ("F2;C;01/09/2026;bientôt;1,00", "Échéance", "“bientôt” is not a date."),
        (
            "F2;C;02/09/2026;01/09/2026;1,00",
            "Échéance",
            "The due date 2026-09-01 is before the issue date 2026-09-02.",
        ),
        ("F2;C;01/09/2026;;", "Montant TTC", "The amount is missing."),
        ("F2;C;01/09/2026;;0", "Montant TTC", "The amount is zero."),
        ("F2;C;01/09/2026;;beaucoup", "Montant TTC", "“beaucoup” is not an amount."),
        (
            "F2;C;01/09/2026;;-5,00",
            "Montant TTC",
            "The amount -5.00 is negative. A credit note is marked as such in a column “type”.",
        ),
        (
            "F2;C;01/09/2026;;9999999999999,00",
            "Montant TTC",
            "The amount 9999999999999,00 is absurdly large.",
        ),
        (
            "F1;cliente sas;01/09/2026;;5,00",
            "Facture",
            "Invoice F1 of this client is already on line 2.",
        ),
        (
            "F2;C;01/09/2026;;5,00;0;0",
            "",
            (
                "The line has 7 cells and the headings are 5: a text that contains the separator "
                "must stand in quotation marks."
            ),
        ),
        (
            f"{'9' * 36};C;01/09/2026;;5,00",
            "Facture",
            "The invoice number is longer than 35 characters.",
        ),
        (
            "1,23E+15;C;01/09/2026;;5,00",
            "Facture",
            "“1,23E+15” was shortened by a spreadsheet: format the column as text.",
        ),
    ],
)
def test_a_wrong_line_is_refused_alone_with_line_column_and_reason(row, column, reason):
    report = read(f"{HEAD}\n{ROW}\n{row}\n")

    assert [each.number for each in report.invoices] == ["F1"]
    assert [(each.file, each.line, each.column, str(each.reason)) for each in report.refusals] == [
        ("book.csv", 3, column, reason)
    ]


@pytest.mark.parametrize(
    ("heading", "value", "reason"),
    [
        ("SIREN", "200000009", "“200000009” is not a valid SIREN."),
        ("SIRET", "20000000800000", "“20000000800000” is not a valid SIRET."),
        ("N° TVA", "FR00200000008", "“FR00200000008” is not a valid VAT number."),
        ("IBAN", "FR76300060000112345678", "“FR76300060000112345678” is not a valid IBAN."),
        ("Email", "compta", "“compta” is not an email address."),
        ("Devise", "EUX", "“EUX” is not a currency."),
        ("Devise", "$", "“$” is not a currency."),
        ("Pays", "Syldavie", "“Syldavie” is not a country: write its two-letter code."),
        ("Type", "Devis", "“Devis” is not an invoice."),
        ("Reste dû", "1300,00", "What remains due (1300.00) does not fit the total (1200.00)."),
        ("TVA", "100,00", None),
    ],
)
def test_a_wrong_cell_beside_is_refused_with_its_column(heading, value, reason):
    expected = [] if reason is None else [(2, heading, reason)]

    assert refusals(with_column(heading, value)) == expected


def test_identifiers_of_two_companies_on_one_line_are_refused():
    text = f"{HEAD};SIREN;N° TVA\n{ROW};200000008;FR88100000009\n"

    assert refusals(text) == [
        (
            2,
            "SIREN",
            "SIREN, SIRET and VAT number belong to different companies: 200000008, 100000009.",
        )
    ]


def test_leading_zeros_eaten_by_a_spreadsheet_are_given_back():
    assert the_invoice(with_column("SIREN", "5520135")).buyer.siren == "005520135"


def test_the_same_number_of_two_clients_is_two_invoices():
    report = read(f"{HEAD}\n{ROW}\n{ROW.replace('Cliente SAS', 'Autre')}\n")

    assert [each.buyer.name for each in report.invoices] == ["Cliente SAS", "Autre"]
    assert report.is_clean


def test_one_client_is_known_by_its_code_whatever_its_name():
    text = f"{HEAD};Code client\n{ROW};C1\n{ROW.replace('Cliente SAS', 'CLIENTE')};C1\n"

    assert refusals(text) == [(3, "Facture", "Invoice F1 of this client is already on line 2.")]


def test_blank_lines_and_repeated_headings_are_passed_over():
    text = f"{HEAD}\n;;;;\n{ROW}\n\n{HEAD}\n   ;\n{ROW.replace('F1', 'F2')}\n"

    assert [(each.number, each.line) for each in read(text).invoices] == [("F1", 3), ("F2", 7)]


@pytest.mark.parametrize(
    ("row", "notice"),
    [
        ("Total;;;;1200,00", "The line of totals was left out."),
        (";TOTAL GÉNÉRAL;;;1 200,00", "The line of totals was left out."),
        (";Sous-total Cliente;;;", "The line of totals was left out."),
        (
            ";;;Total;1300,00",
            (
                "The line of totals was left out. It says 1300.00; the lines above that were "
                "taken add up to 1200.00."
            ),
        ),
    ],
)
def test_a_line_of_totals_is_left_out_with_a_notice(row, notice):
    report = read(f"{HEAD}\n{ROW}\n{row}\n")

    assert report.is_clean
    assert [each.number for each in report.invoices] == ["F1"]
    assert [(each.line, str(each.reason)) for each in report.notices] == [(3, notice)]


def test_a_client_called_total_is_a_client():
    assert the_invoice(f"{HEAD}\n{ROW.replace('Cliente SAS', 'TotalEnergies')}\n").buyer.name == (
        "TotalEnergies"
    )


@pytest.mark.parametrize(
    ("heading", "value", "remaining"),
    [
        ("Reste dû", "200,00", "200.00"),
        ("Reste dû", "0", "0.00"),
        ("Montant réglé", "1000,00", "200.00"),
        ("Réglé le", "05/10/2026", "0.00"),
        ("Réglé le", "", "1200.00"),
    ],
)
def test_what_remains_due_is_read(heading, value, remaining):
    assert the_invoice(with_column(heading, value)).remaining == Decimal(remaining)


def test_paid_and_balance_must_agree():
    text = f"{HEAD};Réglé;Solde\n{ROW};1000,00;300,00\n"

    assert refusals(text) == [
        (2, "Solde", "Total 1200.00 less paid 1000.00 is not the remaining 300.00.")
    ]


def test_a_balance_alone_is_taken_as_the_total():
    invoice = the_invoice("Facture;Client;Date;Solde\nF1;C;2026-09-01;12,50\n")

    assert (invoice.total_gross, invoice.remaining) == (Decimal("12.50"), Decimal("12.50"))


def test_net_and_vat_must_make_the_total():
    head = f"{HEAD};Montant HT;TVA"

    good = the_invoice(f"{head}\n{ROW};1000,00;200,00\n")

    assert (good.total_net, good.total_vat) == (Decimal(1000), Decimal(200))
    assert refusals(f"{head}\n{ROW};1000,00;100,00\n") == [
        (2, "TVA", "Net 1000.00 and VAT 100.00 do not add up to the total 1200.00.")
    ]


def test_a_column_tva_that_holds_numbers_of_companies_is_read_as_such():
    assert the_invoice(with_column("TVA", "FR37200000008")).buyer.vat_number == "FR37200000008"


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("Avoir", "-1200,00", ImportedKind.CREDIT_NOTE),
        ("Credit note", "1200,00", ImportedKind.CREDIT_NOTE),
        ("Acompte", "1200,00", ImportedKind.DEPOSIT),
        ("Facture", "1200,00", ImportedKind.INVOICE),
        ("Vente", "1200,00", ImportedKind.INVOICE),
    ],
)
def test_the_kind_of_document_is_read_and_amounts_are_positive(kind, amount, expected):
    invoice = the_invoice(with_column("Type", kind).replace("1200,00", amount))

    assert (invoice.kind, invoice.total_gross) == (expected, Decimal(1200))


def test_a_missing_due_date_is_left_to_the_usual_terms_with_a_warning():
    invoice = the_invoice(f"{HEAD}\n{ROW.replace('01/10/2026', '-')}\n")

    assert invoice.due_on is None
    assert [(each.column, str(each.reason)) for each in invoice.warnings] == [
        ("Échéance", "The file gives no due date: your usual payment terms will be applied.")
    ]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        (f"{HEAD};Devise\n{ROW};usd\n", "USD"),
        (f"{HEAD} (CHF)\n{ROW}\n", "CHF"),
        (f"{HEAD}\n{ROW} £\n", "GBP"),
        (f"{HEAD}\n{ROW}\n", "NOK"),
    ],
)
def test_the_currency_is_found_in_column_heading_sign_or_said(text, currency):
    assert the_invoice(text, default_currency="NOK").currency == currency


def test_a_currency_that_nobody_names_is_never_guessed():
    assert refusals(f"{HEAD}\n{ROW}\n", default_currency="") == [
        (2, "currency", "The file does not say the currency.")
    ]
