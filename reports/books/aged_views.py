"""The aged balance: clients, then the documents of one, then their payments."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from clients.models import Client
from clients.paging import Page, asked_edge, page_from
from reports.books.aged import (
    ClientRow,
    DocumentRow,
    currencies,
    find_client,
    read_clients,
    read_documents,
    read_payments,
    read_totals,
    read_unknown,
    stream_clients,
)
from reports.books.dated import AsOf
from reports.books.forms import AsOfForm
from reports.books.present import (
    age_heads,
    aged_sheet,
    aged_url,
    client_rows,
    document_rows,
    tabs,
    totals_row,
)
from reports.books.sheets import FORMS, as_file
from reports.words import money_text
from tenants.access import READERS, TenantRequest, requires
from tenants.clock import today

PAGE = 50
UNPROCESSABLE = 422


@requires(READERS)
@require_GET
def aged(request: TenantRequest) -> HttpResponseBase:
    """Who owes what at the end of `?on=` (default: today), most first; `?as=csv` takes it away."""
    form = AsOfForm(request.GET, today=today(), currencies=currencies())
    if not form.is_valid():
        context = {"form": form, "tabs": tabs("aged")}
        return render(request, "reports/books/aged.html", context, status=UNPROCESSABLE)
    as_of = _as_of(form)
    if request.GET.get("as") in FORMS:
        sheet = aged_sheet(stream_clients(as_of), as_of)
        return as_file(sheet, request.GET["as"], get_language() or "fr")
    page = _page(request, as_of)
    unknown, unknown_owed = read_unknown(as_of)
    context = {
        "form": form,
        "tabs": tabs("aged"),
        "as_of": as_of,
        "ages": age_heads(),
        "page": page,
        "rows": client_rows(page.rows, as_of),
        "totals": totals_row(read_totals(as_of), as_of),
        "unknown": unknown,
        "unknown_owed": money_text(unknown_owed, as_of.currency),
        "csv_url": aged_url(as_of, **{"as": "csv"}),
        "xlsx_url": aged_url(as_of, **{"as": "xlsx"}),
    }
    return render(request, "reports/books/aged.html", context)


@requires(READERS)
@require_GET
def aged_client(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    """The documents behind one line, each with the payments that had lowered it."""
    row = get_object_or_404(Client, public_id=client)
    form = AsOfForm(request.GET, today=today(), currencies=currencies())
    context = {"form": form, "client": row, "tabs": tabs("aged")}
    if not form.is_valid():
        return render(request, "reports/books/aged_client.html", context, status=UNPROCESSABLE)
    as_of = _as_of(form)
    edge, is_back = asked_edge(request)
    found = read_documents(as_of, row.pk, limit=PAGE + 1, edge=edge, is_back=is_back)
    page: Page[DocumentRow] = page_from(
        request, found, size=PAGE, has_edge=edge is not None, is_back=is_back
    )
    payments = read_payments(as_of, [each.id for each in page.rows])
    context |= {
        "as_of": as_of,
        "page": page,
        "rows": document_rows(page.rows, payments, as_of),
        "back_url": aged_url(as_of),
    }
    return render(request, "reports/books/aged_client.html", context)


def _as_of(form: AsOfForm) -> AsOf:
    data = form.cleaned_data
    return AsOf(data["on"], form.today, data["currency"])


def _page(request: TenantRequest, as_of: AsOf) -> Page[ClientRow]:
    public_id, is_back = asked_edge(request)
    edge = find_client(as_of, public_id) if public_id else None
    is_back = is_back and edge is not None
    rows = read_clients(as_of, limit=PAGE + 1, edge=edge, is_back=is_back)
    return page_from(request, rows, size=PAGE, has_edge=edge is not None, is_back=is_back)
