"""The list of invoices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from clients.paging import Page, asked_edge, page_from
from invoices.ages import AGES, BY_KEY, Age
from invoices.listing import FILTERS, Row, Wanted, count_rows, find_edge, read_rows
from invoices.present import count_words, invoice_rows
from invoices.row_markup import rows_markup
from tenants import clock
from tenants.access import READERS, WRITERS, TenantRequest, requires

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter of the list."""

    url: str
    label: StrOrPromise
    is_current: bool
    count: None = None


@requires(READERS)
@require_GET
def invoice_list(request: TenantRequest) -> HttpResponse:
    """Invoices, newest first; open and late ones by due date.

    `?q=` looks into number, client and reference, `?show=` narrows, and `?age=` narrows what is
    owed by how late it is.
    """
    wanted = _wanted(request)
    page = _page(request, wanted)
    context = {
        "q": wanted.text,
        "page": page,
        "rows": rows_markup(invoice_rows(page.rows, wanted.today)),
        "summary": count_words(_count(page, wanted)),
        "narrow": wanted.narrow,
        "is_aged": wanted.age is not None,
        "choices": _choices(wanted),
        "ages": _ages(wanted) if wanted.is_debts else (),
        "may_write": request.membership.role in WRITERS,
    }
    return render(request, "invoices/list.html", context)


def _wanted(request: TenantRequest) -> Wanted:
    """What the address asks for; an age of what is not owed, or not late, asks for nothing."""
    asked = request.GET.get("show", "")
    age = BY_KEY.get(request.GET.get("age", ""))
    narrow = asked if asked in FILTERS else ("open" if age else "all")
    return Wanted(
        today=clock.today(),
        narrow=narrow,
        text=request.GET.get("q", "").strip()[:100],
        age=age if age and _fits(age, narrow) else None,
    )


def _page(request: TenantRequest, wanted: Wanted) -> Page[Row]:
    public_id, is_back = asked_edge(request)
    edge = find_edge(wanted, public_id) if public_id else None
    is_back = is_back and edge is not None
    rows = read_rows(wanted, limit=PAGE + 1, edge=edge, is_back=is_back)
    return page_from(request, rows, size=PAGE, has_edge=edge is not None, is_back=is_back)


def _count(page: Page[Row], wanted: Wanted) -> int:
    if page.newer_url or page.older_url:
        return count_rows(wanted)
    return len(page.rows)


def _choices(wanted: Wanted) -> tuple[Choice, ...]:
    labels = {
        "all": pgettext("invoices", "All"),
        "draft": pgettext("invoices", "Drafts"),
        "open": pgettext("invoices", "Open"),
        "late": pgettext("invoices", "Late"),
        "paid": pgettext("invoices", "Paid"),
        "cancelled": pgettext("invoices", "Cancelled"),
    }
    link = _links(wanted)
    return tuple(
        Choice(
            link(name, wanted.age if wanted.age and _fits(wanted.age, name) else None),
            labels[name],
            name == wanted.narrow,
        )
        for name in FILTERS
    )


def _ages(wanted: Wanted) -> tuple[Choice, ...]:
    """The classes of lateness, under the filters of what is owed."""
    link = _links(wanted)
    everything = Choice(link(wanted.narrow, None), pgettext("filter", "Any age"), not wanted.age)
    return (
        everything,
        *(
            Choice(link(wanted.narrow, age), age.label, age is wanted.age)
            for age in AGES
            if _fits(age, wanted.narrow)
        ),
    )


def _fits(age: Age, narrow: str) -> bool:
    """Only what is owed has an age, and what is late is at least a day late."""
    return narrow == "open" or (narrow == "late" and age.is_late)


def _links(wanted: Wanted) -> Callable[[str, Age | None], str]:
    """The addresses of the same list, narrowed otherwise; what is looked for stays."""

    def link(narrow: str, age: Age | None) -> str:
        kept = {"show": narrow, "age": age.key if age else "", "q": wanted.text}
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    return link
