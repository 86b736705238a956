"""Books as they really come: what spreadsheets, people and old software do to them."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl

from clients.models import Client, Person
from invoices.models import ImportFile, Invoice, Receivable
from tests.invoices.importing.batches import go, imported, read_book, read_in
from tests.invoices.importing.imports import balances, row, table


def workbook(fill):
    book = openpyxl.Workbook()
    fill(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_sheet_with_merged_title_excel_dates_decimal_commas_and_a_total(in_acme, owner):
    def fill(sheet):
        sheet.append(["Balance clients au 22/11/2026"])
        sheet.merge_cells("A1:E1")
        sheet.append([])
        sheet.append(["Client", "N° facture", "Date facture", "Échéance", "Montant TTC"])
        sheet.append(["Garage Morvan", "F1", dt.date(2026, 9, 1), 46296, "1 200,50"])
        sheet.append(["Cabinet Audrain", "F2", "01/09/2026", dt.date(2026, 10, 1), 99.9])
        sheet.append(["TOTAL", None, None, None, "1 300,40"])

    batch = go(read_in(owner, ("book.xlsx", workbook(fill))), owner)

    assert (batch.state, batch.refusals) == ("IMPORTED", [])
    assert balances() == {"F1": Decimal("1200.50"), "F2": Decimal("99.90")}
    due = dict(Receivable.objects.values_list("invoice__number", "due_on"))
    assert due == {"F1": dt.date(2026, 10, 1), "F2": dt.date(2026, 10, 1)}
    assert [each["reason"] for each in batch.notices] == ["The line of totals was left out."]


def test_a_client_merged_over_several_lines_is_refused_line_by_line(in_acme, owner):
    def fill(sheet):
        sheet.append(["Client", "Facture", "Date de facture", "Montant TTC"])
        sheet.append(["Garage Morvan", "F1", dt.date(2026, 9, 1), 10])
        sheet.append([None, "F2", dt.date(2026, 9, 2), 20])
        sheet.merge_cells("A2:A3")

    batch = go(read_in(owner, ("book.xlsx", workbook(fill))), owner, partial=True)

    assert balances() == {"F1": 10}
    assert [(each["line"], each["column"], each["reason"]) for each in batch.refusals] == [
        (3, "Client", "The client is missing.")
    ]


def test_a_book_of_windows_1252(in_acme, owner):
    content = table(row("F1", "Société Générale d’Élevage")).encode("cp1252")

    batch = read_in(owner, ("book.csv", content))
    go(batch, owner)

    assert ImportFile.objects.get().understood["encoding"] == "cp1252"
    assert Client.objects.get().name == "Société Générale d’Élevage"


def test_the_same_number_for_two_clients_is_two_invoices(in_acme, owner):
    imported(owner, row("F1", "Garage Morvan"), row("F1", "Cabinet Audrain"))

    owners = Invoice.objects.order_by("client__name").values_list("number", "client__name")
    assert list(owners) == [("F1", "Cabinet Audrain"), ("F1", "Garage Morvan")]


def test_an_email_typed_twice_with_different_case_is_one_person(in_acme, owner):
    imported(
        owner,
        row("F1", email="Compta@Morvan.example"),
        row("F2", email="compta@morvan.EXAMPLE"),
    )

    assert (Client.objects.count(), Person.objects.count()) == (1, 1)


def test_an_email_of_different_case_finds_the_client_known_by_it(in_acme, owner):
    imported(owner, row("F1", "Garage Morvan", email="compta@morvan.example"))

    imported(owner, row("F2", "Garage Morvan SARL", email="Compta@MORVAN.example"))

    assert (Client.objects.count(), Person.objects.count()) == (1, 1)


def test_a_line_without_a_currency_takes_the_one_that_was_said(in_acme, owner):
    batch = read_book(owner, row("F1"), currency="CHF")

    assert list(batch.counts["remaining"]) == ["CHF"]
