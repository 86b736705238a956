"""The sales journal and the receipts journal of a period."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from clients.paging import asked_edge, page_from
from reports.books import journal_rows as shown
from reports.books.forms import PeriodForm
from reports.books.journals import (
    read_receipts,
    read_sales,
    receipts_by_means,
    sales_by_rate,
    stream_receipts,
    stream_sales,
)
from reports.books.periods import usual_periods
from reports.books.present import period_choices, period_url, tabs
from reports.books.sheets import FORMS, as_file
from tenants.access import READERS, TenantRequest, requires
from tenants.clock import today

PAGE = 50
UNPROCESSABLE = 422


@requires(READERS)
@require_GET
def sales(request: TenantRequest) -> HttpResponseBase:
    """Documents of our series, with VAT by rate; `?as=csv` or `xlsx` takes all of them away."""
    form = PeriodForm(request.GET, usual=usual_periods(today())["this_month"])
    context = _frame("sales", form)
    if not form.is_valid():
        return render(request, "reports/books/sales.html", context, status=UNPROCESSABLE)
    period = form.period
    if request.GET.get("as") in FORMS:
        sheet = shown.sales_sheet(stream_sales(period), period)
        return as_file(sheet, request.GET["as"], get_language() or "fr")
    edge, is_back = asked_edge(request)
    found = read_sales(period, limit=PAGE + 1, edge=edge, is_back=is_back)
    page = page_from(request, found, size=PAGE, has_edge=edge is not None, is_back=is_back)
    context |= {
        "page": page,
        "rows": shown.sale_rows(page.rows),
        "totals": shown.rate_rows(sales_by_rate(period)),
    }
    return render(request, "reports/books/sales.html", context)


@requires(READERS)
@require_GET
def receipts(request: TenantRequest) -> HttpResponseBase:
    """Money that came in and left again, by means; `?as=csv` or `xlsx` takes all of it away."""
    form = PeriodForm(request.GET, usual=usual_periods(today())["this_month"])
    context = _frame("receipts", form)
    if not form.is_valid():
        return render(request, "reports/books/receipts.html", context, status=UNPROCESSABLE)
    period = form.period
    if request.GET.get("as") in FORMS:
        sheet = shown.receipts_sheet(stream_receipts(period), period)
        return as_file(sheet, request.GET["as"], get_language() or "fr")
    edge, is_back = asked_edge(request)
    found = read_receipts(period, limit=PAGE + 1, edge=edge, is_back=is_back)
    page = page_from(request, found, size=PAGE, has_edge=edge is not None, is_back=is_back)
    context |= {
        "page": page,
        "rows": shown.receipt_rows(page.rows),
        "totals": shown.means_rows(receipts_by_means(period)),
    }
    return render(request, "reports/books/receipts.html", context)


def _frame(name: str, form: PeriodForm) -> dict[str, object]:
    context: dict[str, object] = {
        "form": form,
        "tabs": tabs(name),
        "choices": period_choices(name, usual_periods(today()), form),
    }
    if form.is_valid():
        context["csv_url"] = period_url(name, form.period, **{"as": "csv"})
        context["xlsx_url"] = period_url(name, form.period, **{"as": "xlsx"})
    return context
