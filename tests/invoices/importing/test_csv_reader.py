"""Books of invoices as tables: what comes in, what is refused, and the line it is on."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest

from invoices.importing.csv_reader import read_table
from invoices.importing.headings import AR_HISTORY, SYNONYMS, Mapping, find_columns
from invoices.importing.records import ImportedContact, ImportedKind
from invoices.importing.tables import CsvTable
from tests.invoices.importing.book import HEAD, ROW, read, refusals, the_invoice, with_column


def test_a_row_becomes_an_invoice():
    invoice = the_invoice(f"{HEAD}\n{ROW}\n")

    assert (invoice.number, invoice.buyer.name, invoice.line) == ("F1", "Cliente SAS", 2)
    assert (invoice.issued_on, invoice.due_on) == (dt.date(2026, 9, 1), dt.date(2026, 10, 1))
    assert (invoice.total_gross, invoice.remaining) == (Decimal("1200.00"), Decimal("1200.00"))
    assert (invoice.kind, invoice.currency) == (ImportedKind.INVOICE, "EUR")
    assert (invoice.total_net, invoice.total_vat, invoice.seller) == (None, None, None)


def test_everything_a_client_may_have_is_read():
    head = "Invoice number,Customer,Customer ID,Email,SIREN,SIRET,VAT number,Country,Address,"
    head += "Postcode,City,Phone,Contact,Date,Amount,PO number,IBAN,Notes,Dispute,Payment terms"
    row = "F1,Cliente,C7,a@cliente.fr; b@cliente.fr,200000008,,FR37200000008,France,1 rue du Port,"
    row += (
        "69001,Lyon,0102,Anne Roy,2026-09-01,12,BC-1,FR76 3000 6000 0112 3456 7890 189,Hi,yes,30d"
    )

    invoice = the_invoice(f"{head}\n{row}\n")

    buyer = invoice.buyer
    assert (buyer.name, buyer.reference, buyer.siren) == ("Cliente", "C7", "200000008")
    assert (buyer.vat_number, buyer.country) == ("FR37200000008", "FR")
    assert buyer.emails == ("a@cliente.fr", "b@cliente.fr")
    assert (buyer.address_lines, buyer.postcode, buyer.city) == (
        ("1 rue du Port",),
        "69001",
        "Lyon",
    )
    assert buyer.contacts == (ImportedContact("Anne Roy", "a@cliente.fr", "0102"),)
    assert (invoice.order_reference, invoice.iban) == ("BC-1", "FR7630006000011234567890189")
    assert (invoice.notes, invoice.is_disputed, invoice.terms) == (("Hi",), True, "30d")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_encodings_and_line_ends_are_found_out(separator, encoding, end):
    rows = [HEAD.split(";"), [*ROW.split(";")[:4], "1 200,00 €"]]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator, lineterminator=end).writerows(rows)
    if encoding == "cp1252" and separator == "|":
        target.write(end)

    invoice = the_invoice(target.getvalue(), encoding=encoding)

    assert (invoice.due_on, invoice.total_gross) == (dt.date(2026, 10, 1), Decimal(1200))


def test_the_line_that_excel_puts_first_to_name_the_separator_is_obeyed():
    text = f"sep=|\n{HEAD}\n{ROW}\n".replace(";", "|")

    assert the_invoice(text).line == 3


@pytest.mark.parametrize("heading", SYNONYMS["number"])
def test_every_known_heading_of_the_number_is_recognised(heading):
    text = f"{heading.upper()};Client;Date;Montant\nF1;Cliente;2026-09-01;12\n"

    assert the_invoice(text).number == "F1"


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("N° de facture", "number"),
        ("N°Facture", "number"),
        ("Facture n°", "number"),
        ("invoiceNumber", "number"),
        ("Invoice #", "number"),
        ("No. facture", "number"),
        ("Réf. facture", "number"),
        ("Nom du client", "client"),
        ("customerID", "client_reference"),
        ("Date d'émission", "issued_on"),
        ("InvoiceDate", "issued_on"),
        ("Date d’échéance", "due_on"),
        ("DueDate", "due_on"),
        ("A payer avant le", "due_on"),
        ("Montant TTC (€)", "total_gross"),
        ("Total T.T.C.", "total_gross"),
        ("InvoiceAmount", "total_gross"),
        ("Montant HT", "total_net"),
        ("TVA", "total_vat"),
        ("N° TVA", "vat_number"),
        ("TVA intracommunautaire", "vat_number"),
        ("Reste dû", "balance"),
        ("Solde", "balance"),
        ("Balance due (EUR)", "balance"),
        ("Montant dû", "balance"),
        ("Réglé", "prepaid"),
        ("Réglé le", "paid_on"),
        ("Date de règlement", "paid_on"),
        ("SettledDate", "paid_on"),
        ("Paid on", "paid_on"),
        ("E-mail", "email"),
        ("Courriel", "email"),
        ("Devise", "currency"),
        ("N° SIREN", "siren"),
        ("Code postal", "postcode"),
        ("Type de pièce", "kind"),
        ("Bon de commande", "order_reference"),
    ],
)
def test_headings_are_recognised_in_two_languages(heading, name):
    others = {"number": "Facture", "client": "Client", "issued_on": "Date", "total_gross": "Total"}
    others.pop(name, None)
    table = CsvTable(";".join([heading, *others.values()]), ";")

    assert find_columns(table, None).positions[name] == 0


def test_headings_may_stand_below_a_title():
    text = f"Balance âgée au 30/09/2026\n\nSociété Untel;;;;\n{HEAD}\n\n{ROW}\n"

    assert the_invoice(text).line == 6


def test_of_two_amounts_the_more_telling_heading_is_taken():
    invoice = the_invoice(f"{HEAD};Montant\n{ROW};1000,00\n")

    assert invoice.total_gross == Decimal(1200)


def test_two_columns_with_one_heading_are_refused():
    assert refusals(with_column("Montant TTC", "1,00")) == [
        (None, "", "Two columns are called “Montant TTC”: rename one.")
    ]


@pytest.mark.parametrize(
    ("missing", "what"),
    [
        ("Facture", "the invoice number"),
        ("Client", "the client"),
        ("Date de facture", "the invoice date"),
        ("Montant TTC", "the amount"),
    ],
)
def test_a_missing_column_is_named_with_those_that_were_found(missing, what):
    head = HEAD.replace(missing, "Zzz", 1)

    found = ", ".join(head.split(";"))
    assert refusals(f"{head}\n{ROW}\n") == [
        (None, "", f"No column holds {what}. The columns found are: {found}.")
    ]


def test_a_mapping_said_by_the_user_is_followed_and_nothing_else_is_guessed():
    mapping = Mapping(
        columns={"number": "A", "client": "B", "issued_on": "C", "total_gross": "D"},
        date_order="MDY",
        decimal_mark=".",
        currency="GBP",
    )

    invoice = the_invoice("A;B;C;D;Email\nF1;C;03/04/2026;1,234;none\n", mapping=mapping)

    assert (invoice.issued_on, invoice.currency) == (dt.date(2026, 3, 4), "GBP")
    assert (invoice.total_gross, invoice.buyer.emails) == (Decimal(1234), ())
    assert refusals("A;B;C;D\nF1;C;03/04/2026;1.2345\n", mapping=mapping) == [
        (2, "D", "The amount 1.2345 has more than two decimals.")
    ]


def test_a_mapping_to_a_column_that_is_not_there_is_refused():
    mapping = Mapping(columns={"number": "Numéro X"})

    assert refusals(f"{HEAD}\n{ROW}\n", mapping=mapping) == [
        (None, "", "There is no column “Numéro X” in the file.")
    ]
    with pytest.raises(ValueError, match="No such fields: colour"):
        Mapping(columns={"colour": "A"})


def test_ambiguous_dates_refuse_the_file_and_say_how_to_answer():
    text = "Invoice;Customer;Date;Amount\nF1;C;03/04/2026;1.00\n"

    ((line, _column, reason),) = refusals(text)

    assert line == 2
    assert reason.startswith("“03/04/2026” can be read with the day first or the month first")
    assert the_invoice(text, mapping=Mapping(date_order="MDY")).issued_on == dt.date(2026, 3, 4)


def test_ambiguous_amounts_refuse_the_file_unless_another_column_proves_the_mark():
    text = f"{HEAD};Solde\n{ROW.replace('1200,00', '1.234')};%s\n"

    assert refusals(text % "1.234") == [
        (
            2,
            "Montant TTC",
            (
                "“1.234” can be one unit with three decimals or thousands, and nothing in the file "
                "tells which. Say which sign marks decimals."
            ),
        )
    ]
    assert the_invoice(text % "7,50").total_gross == Decimal(1234)


def test_two_decimal_marks_in_a_column_refuse_the_file():
    text = f"{HEAD}\n{ROW}\n{ROW.replace('F1', 'F2').replace('1200,00', '12.50')}\n"

    ((line, column, reason),) = refusals(text)

    assert (line, column) == (3, "Montant TTC")
    assert reason.startswith("Line 2 writes decimals with a comma and line 3 with a point")


def test_a_cell_over_several_lines_keeps_the_line_numbers_right():
    text = f'{HEAD};Note\n{ROW};"un\ndeux"\n;C;01/09/2026;;1,00\n'

    report = read(text)

    assert report.invoices[0].notes == ("un\ndeux",)
    assert [each.line for each in report.refusals] == [4]


def test_a_quotation_mark_never_closed_is_told_with_its_line():
    text = f"{HEAD}\n{ROW}\n" + '"F2;' + f"{ROW}\n" * 60

    assert refusals(text) == [(3, "", "A quotation mark opened on this line is never closed.")]


def test_a_cell_longer_than_any_text_is_refused():
    text = f'{HEAD}\n{ROW}\n"F2 {"x" * 200_000}";C;01/09/2026;;5,00\n'

    assert refusals(text) == [(3, "", "A quotation mark opened on this line is never closed.")]
    assert len(refusals(text.replace(HEAD, f'"{"x" * 200_000}"'))) == 1


def test_a_number_of_a_company_that_is_no_number_is_refused():
    assert refusals(with_column("SIREN", "ABC")) == [(2, "SIREN", "“ABC” is not a valid SIREN.")]
    assert refusals(with_column("SIRET", "ABC")) == [(2, "SIRET", "“ABC” is not a valid SIRET.")]


def test_letters_that_no_encoding_explains_are_told_with_their_line():
    content = f"{HEAD}\n{ROW}\n".encode("cp1252") + b"F2;\x81;\n"

    (refusal,) = read_table(content, file="f").refusals

    assert refusal.line == 3
    assert str(refusal.reason) == (
        "The letters of the file cannot be decoded. Save it as “CSV UTF-8”."
    )


def test_half_a_utf_16_letter_is_refused():
    content = f"{HEAD}\n{ROW}\n".encode("utf-16") + b"\x00"

    assert len(read_table(content, file="f").refusals) == 1


def test_a_table_of_headings_alone_is_refused():
    assert refusals(f"{HEAD}\n") == [(None, "", "The table has headings and no invoices.")]


def test_a_table_too_long_or_too_wide_is_refused():
    long = HEAD + "\n" + "x\n" * 100_001
    wide = f"{HEAD}{';' * 200}\n{ROW}\n"

    assert refusals(long) == [(100_001, "", "The table has more than 100000 lines. Split it.")]
    assert refusals(wide.replace("TTC;", "TTC;x"))[0][2] == ("The table has more than 200 columns.")


def test_the_public_history_is_read_whole_with_its_mapping(shared_data):
    content = (shared_data / "receivables" / "ar-history.csv").read_bytes()

    report = read_table(content, file="ar-history.csv", mapping=AR_HISTORY)

    assert report.is_clean
    assert len(report.invoices) == 1494
    assert len({each.buyer for each in report.invoices}) == 60
    assert sum(each.is_disputed for each in report.invoices) == 298
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for invoice, row in zip(report.invoices, rows, strict=True):
        assert invoice.total_gross == invoice.remaining == Decimal(row["InvoiceAmount"])
        assert (invoice.paid_on - invoice.issued_on).days == int(row["DaysToSettle"])
        assert max((invoice.paid_on - invoice.due_on).days, 0) == int(row["DaysLate"])
