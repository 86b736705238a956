"""The list of invoices."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.paging import page_of
from invoices.present import count_words, invoice_rows
from invoices.queries import (
    DEBTS,
    FILTERS,
    capped_count,
    debt_rows,
    debts,
    document_rows,
    documents,
)
from tenants import clock
from tenants.access import READERS, TenantRequest, requires

PAGE = 50


@requires(READERS)
@require_GET
def invoice_list(request: TenantRequest) -> HttpResponse:
    """Invoices, newest first; open and late ones by due date.

    `?q=` looks into number, client and reference, `?show=` narrows.
    """
    text = request.GET.get("q", "").strip()[:100]
    asked = request.GET.get("show", "")
    narrow = asked if asked in FILTERS else "all"
    today = clock.today()
    page, count = _page(request, narrow, text, today)
    context = {
        "q": text,
        "page": page,
        "rows": invoice_rows(page.rows, today),
        "summary": count_words(count),
        "narrow": narrow,
        "choices": _choices(narrow, text),
    }
    return render(request, "invoices/list.html", context)


def _page(request: TenantRequest, narrow: str, text: str, today: dt.date) -> tuple[Any, int]:
    if narrow in DEBTS:
        owed = debts(narrow, text, today)
        rows: Any = debt_rows(owed)
        return page_of(request, rows, order=("due_on", "id"), size=PAGE), capped_count(owed)
    found = documents(narrow, text)
    rows = document_rows(found)
    return page_of(request, rows, order=("-id", "-id"), size=PAGE), capped_count(found)


def _choices(narrow: str, text: str) -> list[dict[str, Any]]:
    labels = {
        "all": _("All"),
        "draft": _("Drafts"),
        "open": _("Open"),
        "late": _("Late"),
        "paid": _("Paid"),
        "cancelled": _("Cancelled"),
    }
    query = "&" + urlencode({"q": text}) if text else ""
    return [
        {"url": f"?show={name}{query}", "label": labels[name], "is_current": name == narrow}
        for name in FILTERS
    ]
