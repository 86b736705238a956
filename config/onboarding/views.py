"""Five screens for an owner who begins. Forms and services are those of the settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.forms import SenderForm
from clients.services import send_test_mail, sender_settings, update_sender
from clients.services.sending import FIELDS
from config.demo import people
from config.onboarding.looking import preview
from config.onboarding.steps import TITLES, after_step, is_alone, same_step, show_step
from config.onboarding.testing import is_just_sent, last_test, told_of_test
from core.errors import DomainError
from invoices.models import Series
from invoices.numbering import first_series, format_number, start_series_at
from invoices.services.documents import update_logo
from invoices.settings_forms import FirstNumberForm, LogoForm
from reports.setting_up import missing_steps
from tenants.access import OWNERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.company_search import asked_facts, search_context
from tenants.forms import BankForm, ColorForm, IdentityForm
from tenants.models import Business, Tenant
from tenants.services import choose_color, update_business


@requires(OWNERS)
def business(request: TenantRequest) -> HttpResponse:
    row = Business.objects.get()
    form = IdentityForm(request.POST or None, instance=row, initial=asked_facts(request))
    if request.method == "POST" and form.is_valid():
        _update(request, form)
        return after_step(request, "business")
    context = {"form": form, "at": request.tenant.slug, **search_context(request)}
    return show_step(request, "business", context, is_refused=bool(form.errors))


@requires(OWNERS)
def look(request: TenantRequest) -> HttpResponse:
    """Two forms: the logo is kept at once, so that its colour can be proposed."""
    which = request.POST.get("which", "")
    logo_form = LogoForm(*((request.POST, request.FILES) if which == "logo" else (None, None)))
    logo_form.fields["logo"].widget.attrs["data-autosubmit"] = True
    form = ColorForm(
        request.POST if which == "color" else None,
        instance=request.tenant,
        initial={"color": request.GET.get("color") or request.tenant.color},
    )
    if which == "logo" and _kept_logo(logo_form):
        return same_step(request, "look")
    if which == "color" and form.is_valid():
        choose_color(
            tenant=Tenant.objects.get(pk=request.tenant.pk),
            color=form.cleaned_data["color"],
            user=request.user,
            now=now(),
        )
        return after_step(request, "look")
    shown = preview(str(form["color"].value() or ""))
    context = {"form": form, "logo_form": logo_form, **shown}
    return show_step(request, "look", context, is_refused=bool(which))


@requires(OWNERS)
@require_GET
def header(request: TenantRequest) -> HttpResponse:
    """The head of an invoice in a colour that is being tried."""
    context = {"is_alone": is_alone(request), **preview(request.GET.get("color", ""))}
    return render(request, "onboarding/_header.html", context)


@requires(OWNERS)
def bank(request: TenantRequest) -> HttpResponse:
    row = Business.objects.get()
    holder = row.account_holder or row.legal_name[:70]
    form = BankForm(
        request.POST or None,
        instance=row,
        user=request.user,
        initial={"account_holder": holder},
    )
    if request.method == "POST" and form.is_valid():
        form.cleaned_data.pop("password", None)
        if form.cleaned_data["iban"]:
            _update(request, form)
        return after_step(request, "bank")
    return show_step(request, "bank", {"form": form}, is_refused=bool(form.errors))


@requires(OWNERS)
def numbers(request: TenantRequest) -> HttpResponse:
    """Where the series of invoices goes on; chosen once, before its first invoice."""
    year = today().year
    pattern, number, has_begun = first_series(kind=Series.Kind.INVOICE, year=year)
    form = FirstNumberForm(
        request.POST or None, year=year, initial={"pattern": pattern, "first_number": number}
    )
    if request.method == "POST" and form.is_valid() and _started(form, year):
        return after_step(request, "numbers")
    context = {
        "form": form,
        "has_begun": has_begun,
        "next": format_number(pattern, year=year, number=number),
    }
    return show_step(request, "numbers", context, is_refused=bool(form.errors))


@requires(OWNERS)
@require_GET
def next_number(request: TenantRequest) -> HttpResponse:
    """The number that what is being typed would give, or why it gives none."""
    year = today().year
    form = FirstNumberForm(request.GET, year=year)
    found = form.cleaned_data if form.is_valid() else {}
    context = {
        "next": found and format_number(found["pattern"], year=year, number=found["first_number"]),
        "faults": [fault for faults in form.errors.values() for fault in faults],
    }
    return render(request, "onboarding/_next_number.html", context)


@requires(OWNERS)
def sending(request: TenantRequest) -> HttpResponse:
    sender = sender_settings()
    form = SenderForm(
        request.POST or None, initial={name: getattr(sender, name) for name in FIELDS}
    )
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            update_sender(facts=form.cleaned_data, user=request.user, now=now())
        if "test" not in request.POST:
            return after_step(request, "sending")
        if form.has_changed() or not is_just_sent(request.user, now()):
            send_test_mail(user=request.user)
        return same_step(request, "sending")
    context = {"form": form, "is_kept": not settings.MAIL_IS_SET, **_tested(request)}
    return show_step(request, "sending", context, is_refused=bool(form.errors))


@requires(OWNERS)
@require_GET
def test_mail(request: TenantRequest) -> HttpResponse:
    """What became of the last test mail; the page asks again while it waits."""
    return render(request, "onboarding/_test_mail.html", _tested(request))


@requires(OWNERS)
@require_GET
def ready(request: TenantRequest) -> HttpResponse:
    """The fork: bring the open invoices, or write the first one."""
    left = [(key, TITLES[key]) for key in missing_steps()]
    demo = settings.DEMO and Tenant.objects.filter(is_demo=True).exists()
    context = {"left": left, "demo": people if demo else None}
    return render(request, "onboarding/ready.html", context)


def _update(request: TenantRequest, form: IdentityForm | BankForm) -> None:
    # read again: checking the form has written into its row
    row = Business.objects.get()
    update_business(business=row, changes=form.cleaned_data, user=request.user, now=now())


def _kept_logo(form: LogoForm) -> bool:
    if not form.is_valid():
        return False
    if form.cleaned_data["logo"] is None:
        form.add_error("logo", _("Choose a file first."))
        return False
    try:
        update_logo(logo=form.cleaned_data["logo"])
    except DomainError as error:
        form.add_error("logo", error.text(_))
        return False
    return True


def _started(form: FirstNumberForm, year: int) -> bool:
    try:
        start_series_at(
            kind=Series.Kind.INVOICE,
            year=year,
            pattern=form.cleaned_data["pattern"],
            first_number=form.cleaned_data["first_number"],
        )
    except DomainError as error:
        form.add_error("pattern", error.text(_))
        return False
    return True


def _tested(request: TenantRequest) -> dict[str, Any]:
    return {"test": told_of_test(last_test(request.user), sender_settings().last_error)}
