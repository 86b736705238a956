"""A book of one invoice as CSV, and what becomes of it."""

from invoices.importing.csv_reader import read_table

HEAD = "Facture;Client;Date de facture;Échéance;Montant TTC"
ROW = "F1;Cliente SAS;01/09/2026;01/10/2026;1200,00"


def read(text, *, encoding="utf-8", **options):
    options.setdefault("default_currency", "EUR")
    return read_table(text.encode(encoding), file="book.csv", **options)


def refusals(text, **options):
    report = read(text, **options)
    return [(each.line, each.column, str(each.reason)) for each in report.refusals]


def the_invoice(text, **options):
    assert refusals(text, **options) == []
    (invoice,) = read(text, **options).invoices
    return invoice


def with_column(heading, value):
    return f"{HEAD};{heading}\n{ROW};{value}\n"
