"""Settings of documents: logo, first number, terms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.errors import DomainError
from invoices.models import Series
from invoices.numbering import first_series, format_number, start_series_at
from invoices.services.documents import update_documents
from invoices.settings_forms import DocumentsForm, SeriesForm
from tenants import clock
from tenants.access import OWNERS, TenantRequest, requires
from tenants.files import read_file
from tenants.links import tenant_url
from tenants.models import Business

KINDS = {
    Series.Kind.INVOICE: gettext_lazy("Invoices"),
    Series.Kind.CREDIT_NOTE: gettext_lazy("Credit notes"),
}


@requires(OWNERS)
def documents(request: TenantRequest) -> HttpResponse:
    business = Business.objects.select_related("logo").get()
    which = request.POST.get("which", "")
    data = request.POST if request.method == "POST" else None
    is_habits = which == "habits"
    form = DocumentsForm(
        data if is_habits else None,
        request.FILES if is_habits else None,
        initial={"terms": business.default_terms, "operation": business.default_operation},
    )
    series = [_series_form(kind, data if which == kind else None) for kind in KINDS]
    if _saved(request, form, series, which):
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(tenant_url("documents:settings"))
    context = {"tab": "documents", "form": form, "series": series, "business": business}
    status = 422 if request.method == "POST" else 200
    return render(request, "invoices/settings.html", context, status=status)


@requires(OWNERS)
@require_GET
def logo(request: TenantRequest) -> HttpResponse:
    """The logo, to its own business alone."""
    business = Business.objects.select_related("logo").get()
    if business.logo is None:
        raise Http404
    return HttpResponse(read_file(business.logo), content_type=business.logo.media_type)


def _saved(
    request: TenantRequest, form: DocumentsForm, series: list[dict[str, Any]], which: str
) -> bool:
    if which == "habits":
        return form.is_valid() and _save_habits(request, form)
    chosen = next((each for each in series if each["kind"] == which), None)
    return bool(chosen and chosen["form"].is_valid() and _save_series(chosen))


def _save_habits(request: TenantRequest, form: DocumentsForm) -> bool:
    try:
        update_documents(**form.cleaned_data, user=request.user, now=clock.now())
    except DomainError as error:
        form.add_error("logo", error.text(gettext))
        return False
    return True


def _save_series(chosen: dict[str, Any]) -> bool:
    try:
        start_series_at(kind=chosen["kind"], year=clock.today().year, **chosen["form"].cleaned_data)
    except DomainError as error:
        chosen["form"].add_error("pattern", error.text(gettext))
        return False
    return True


def _series_form(kind: Series.Kind, data: Any) -> dict[str, Any]:
    year = clock.today().year
    pattern, number, has_begun = first_series(kind=kind, year=year)
    return {
        "kind": kind,
        "title": KINDS[kind],
        "has_begun": has_begun,
        "next": format_number(pattern, year=year, number=number),
        "form": SeriesForm(
            data, prefix=kind.lower(), initial={"pattern": pattern, "first_number": number}
        ),
    }
