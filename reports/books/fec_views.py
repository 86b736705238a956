"""The journals in FEC form, and the accounts that they are written with."""

from __future__ import annotations

from typing import IO

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from invoices.account_plan import USUAL, InvalidAccount, Use, account_plan, update_account_plan
from reports.books.fec import ACT, export_fec
from reports.books.forms import AccountForm, PeriodForm
from reports.books.periods import usual_periods
from reports.books.present import export_rows, period_choices, tabs
from reports.books.sheets import written
from tenants.access import READERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.models import AuditEntry, Business, Role

BOOKKEEPERS = frozenset({Role.OWNER, Role.ACCOUNTANT})
LATEST = 10
UNPROCESSABLE = 422


@requires(READERS)
@require_http_methods(["GET", "POST"])
def fec(request: TenantRequest) -> HttpResponseBase:
    """What the file holds, and its latest exports; POST takes it away, and that is kept."""
    periods = usual_periods(today())
    asked = request.POST if request.method == "POST" else request.GET
    form = PeriodForm(asked, usual=periods["last_month"])
    if request.method == "POST" and form.is_valid():
        try:
            return _file(request, form)
        except DomainError as error:
            form.add_error(None, error.text(_))
    exports = AuditEntry.objects.filter(act=ACT).select_related("user").order_by("-id")
    context = {
        "form": form,
        "tabs": tabs("fec"),
        "choices": period_choices("fec", periods, form),
        "siren": Business.objects.values_list("siren", flat=True).get(),
        "exports": export_rows(exports[:LATEST]),
        "may_edit": request.membership.role in BOOKKEEPERS,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "reports/books/fec.html", context, status=status)


@requires(BOOKKEEPERS)
@require_http_methods(["GET", "POST"])
def accounts(request: TenantRequest) -> HttpResponse:
    """The account plan: one account for each sort of amount."""
    plan = account_plan()
    forms = {
        use: AccountForm(
            request.POST if request.method == "POST" else None,
            prefix=use.lower(),
            initial=plan[use]._asdict(),
        )
        for use in Use
    }
    if request.method == "POST" and _is_saved(request, forms):
        messages.success(request, _("The account plan is saved."))
        return HttpResponseRedirect(tenant_url("reports:fec"))
    rows = [(use.label, USUAL[use], form) for use, form in forms.items()]
    status = UNPROCESSABLE if any(form.errors for form in forms.values()) else 200
    context = {"rows": rows, "tabs": tabs("fec")}
    return render(request, "reports/books/accounts.html", context, status=status)


def _file(request: TenantRequest, form: PeriodForm) -> FileResponse:
    def write(out: IO[bytes]) -> str:
        report = export_fec(period=form.period, out=out, user=request.user, now=now())
        return report.name

    return written(write, "text/plain; charset=utf-8")


def _is_saved(request: TenantRequest, forms: dict[Use, AccountForm]) -> bool:
    """All or none; what is refused is said beside its account."""
    if not all(form.is_valid() for form in forms.values()):
        return False
    try:
        update_account_plan(
            accounts={use: form.account for use, form in forms.items()},
            user=request.user,
            now=now(),
        )
    except InvalidAccount as error:
        forms[error.use].add_error("number", error.text(_))
        return False
    return True
