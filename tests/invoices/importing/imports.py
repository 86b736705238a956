"""Bringing books into a tenant: a table as text, or the samples, through the real service."""

import datetime as dt

from invoices.importing.reader import read_file
from invoices.models import Receivable
from invoices.services import import_receivables
from tests.invoices.importing.book import read

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
HEAD = "Facture;Client;Code client;SIREN;Email;Date de facture;Échéance;Montant TTC;Reste dû;Type"


def table(*rows):
    """A book with the columns of HEAD; a row gives number, client and what it wants to say."""
    return "\n".join([HEAD, *(";".join(row) for row in rows)])


def row(
    number="F1",
    client="Garage Morvan",
    *,
    code="",
    siren="",
    email="",
    issued="01/09/2026",
    due="01/10/2026",
    gross="1200,00",
    remaining="",
    kind="",
):
    return (number, client, code, siren, email, issued, due, gross, remaining, kind)


def bring_in(*rows, **options):
    """Import rows; every one of them was readable."""
    report = read(table(*rows))
    assert [str(each.reason) for each in report.refusals] == []
    return bring(report.invoices, **options)


def bring(records, **options):
    return import_receivables(
        records=records, **{"today": TODAY, "now": NOW, "user": None, **options}
    )


def read_path(path, **options):
    with path.open("rb") as stream:
        return read_file(stream, file=path.name, size=path.stat().st_size, **options)


def counts(report):
    return (report.created, report.updated, report.unchanged)


def reasons(refusals):
    return [(each.file, each.line, str(each.reason)) for each in refusals]


def balances():
    rows = Receivable.objects.order_by("invoice__number", "due_on")
    return dict(rows.values_list("invoice__number", "balance"))


def read_rows(*rows):
    return read(table(*rows)).invoices
