"""The evening round, “they have paid”, and the mail that says the same."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.errors import DomainError
from dunning.next_run import OwedLine, UnknownDebt, lines_of
from dunning.services import record_transfers
from dunning.services.transfers import Transfer
from payments.models import Payment
from reports import places
from reports.evening import Evening, day_of_run, read_evening, total_of, value_of
from reports.evening_forms import DigestForm, PaidForm, Ticked
from reports.words import money_text
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.models import Role
from tenants.services import set_digest
from tenants.toasts import say_done

UNPROCESSABLE = 422
NAMED = 5  # payments that a toast links to, one by one


@requires(READERS)
@require_GET
def evening(request: TenantRequest) -> HttpResponse:
    """What leaves next, who has paid today, and what waits for a word."""
    form = PaidForm(initial={"received_on": today(), "key": uuid.uuid4()}, now=now())
    return _page(request, form)


@requires(WRITERS)
def paid(request: TenantRequest) -> HttpResponse:
    """One line is recorded at once; several are said first: how many, whose, how much."""
    if request.method != "POST":
        return redirect(tenant_url("today:evening"))
    form = PaidForm(_posted(request), now=now())
    if not form.is_valid():
        return _page(request, form)
    data = form.cleaned_data
    ticked: Sequence[Ticked] = data["line"]
    try:
        lines = lines_of([each.cases for each in ticked], today=today())
    except UnknownDebt:
        raise Http404 from None
    if not data["sure"]:
        return _confirm(request, form, lines)
    try:
        payments = record_transfers(
            transfers=[
                Transfer(line, each.amount) for line, each in zip(lines, ticked, strict=True)
            ],
            received_on=data["received_on"],
            key=data["key"],
            user=request.user,
            today=today(),
            now=now(),
        )
    except DomainError as error:  # nothing was recorded; what was ticked stays ticked
        form.add_error("line", str(error))
        return _page(request, form)
    _say(request, payments, data["key"])
    return redirect(tenant_url("today:evening"))


@requires(WRITERS)
def mail(request: TenantRequest) -> HttpResponse:
    """Whether the round comes by mail, and when: everybody's own choice."""
    membership = request.membership
    initial = {
        "is_wanted": membership.gets_digest,
        "hour": membership.digest_hour,
        "days": membership.digest_days,
    }
    form = DigestForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_digest(membership=membership, user=request.user, now=now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(tenant_url("today:mail"))
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "to": request.user.email}
    return render(request, "reports/evening_mail.html", context, status=status)


def _page(request: TenantRequest, form: PaidForm) -> HttpResponse:
    can_write = request.membership.role != Role.ACCOUNTANT
    found = read_evening(tenant=request.tenant, moment=now(), can_write=can_write)
    context = {
        "evening": found,
        "form": form,
        "picked": _still_ticked(request, found),
        "day_name": date_format(found.today, "l j F Y"),
        "run_day": day_of_run(found),
        "can_write": can_write,
        "gets_mail": request.membership.gets_digest,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "reports/evening.html", context, status=status)


def _still_ticked(request: TenantRequest, found: Evening) -> list[str]:
    """The lines of now that were ticked, whatever was owed on them then."""
    debts = {_debts_of(value) for value in request.POST.getlist("line")}
    return [line.value for line in found.lines if _debts_of(line.value) in debts]


def _debts_of(value: str) -> str:
    """What a ticked line says besides its sum."""
    return value.partition(":")[2]


def _posted(request: TenantRequest) -> QueryDict:
    """The button beside a line names that line alone, whatever is ticked, and is sure."""
    data = request.POST.copy()
    if alone := data.get("only"):
        data.setlist("line", [alone])
        data["sure"] = "on"
    return data


def _confirm(request: TenantRequest, form: PaidForm, lines: Sequence[OwedLine]) -> HttpResponse:
    """What is about to be recorded, as the debts stand now; what is settled is left out."""
    still = [line for line in lines if line.amount > 0]
    settled = [line for line in lines if line.amount <= 0]
    back = tenant_url("today:evening")
    if not still:
        messages.info(request, _("Nothing of this is open any more."))
        return redirect(back)
    day = form.cleaned_data["received_on"]
    counted = ngettext(
        "%(count)s payment by transfer", "%(count)s payments by transfer", len(still)
    ) % {"count": len(still)}
    context = {
        "title": _("%(payments)s, %(total)s") % {"payments": counted, "total": total_of(still)},
        "question": _("Received on %(day)s, and recorded together: all of them, or none.")
        % {"day": date_format(day, "l j F Y")},
        "consequences": [
            *(_consequence(line) for line in still),
            *(
                _("%(client)s owes nothing of this any more and is left out.")
                % {"client": line.client.name}
                for line in settled
            ),
        ],
        "form": PaidForm.to_confirm(
            received_on=day,
            key=form.cleaned_data["key"],
            lines=[value_of(line) for line in still],
            now=now(),
        ),
        "label": ngettext("Record %(count)s payment", "Record %(count)s payments", len(still))
        % {"count": len(still)},
        "cancel_url": back,
    }
    return render(request, "components/confirm.html", context)


def _consequence(line: OwedLine) -> str:
    return f"{line.client.name} · {money_text(line.amount, line.currency)} · " + ", ".join(
        line.numbers
    )


def _say(request: TenantRequest, payments: Sequence[Payment], key: uuid.UUID) -> None:
    """A toast that leads to what was recorded, where it can be undone."""
    said = ngettext(
        "%(count)s payment is recorded:", "%(count)s payments are recorded:", len(payments)
    ) % {"count": len(payments)}
    shown = payments[:NAMED]
    links = format_html_join(
        ", ",
        '<a href="{}">{} {}</a>',
        (
            (
                places.payment(each.public_id),
                each.client.name,
                money_text(each.amount, each.currency),
            )
            for each in shown
        ),
    )
    if len(payments) > NAMED:
        links = format_html('{}, <a href="{}">{}</a>', links, places.payments(), _("all payments"))
    undo = places.undo_transfers(key)
    say_done(request, format_html("{} {}", said, links), undo=undo)
