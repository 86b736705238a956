"""The import: upload, a look at what was understood, the result, what is missing, undoing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from invoices.import_forms import CorrectionForm, MissingForm, UploadForm, mappings_said
from invoices.import_present import batch_rows, missing_rows, shown_batch
from invoices.models import ImportBatch, ImportFile
from invoices.services.import_batches import (
    can_be_undone,
    confirm_import,
    correct_import,
    start_import,
    undo_import,
)
from invoices.services.import_missing import missing_from, record_missing
from invoices.services.import_work import work_on
from tenants import clock
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.files import read_file
from tenants.links import tenant_url
from tenants.toasts import say_done

AT_ONCE = 100 * 1024  # bytes that are read while the user waits: a table of 1,000 lines
MOST_MISSING = 150  # rows of the page
UNPROCESSABLE = 422


@requires(WRITERS)
def upload(request: TenantRequest) -> HttpResponse:
    """Choose files; a POST keeps them and shows what was understood."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        contents = form.contents()
        batch = start_import(
            files=contents,
            currency=form.cleaned_data["currency"],
            client_kind=form.cleaned_data["client_kind"],
            language=get_language() or request.tenant.language,
            user=request.user,
            now=clock.now(),
        )
        if sum(len(content) for _name, content in contents) <= AT_ONCE:
            work_on(batch_id=batch.pk, today=clock.today(), now=clock.now())
        return _to(batch)
    context = {"form": form, "batches": batch_rows(ImportBatch.objects.order_by("-id")[:10])}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "invoices/import.html", context, status=status)


@requires(READERS)
@require_GET
def detail(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """One import in whatever state it is; while a worker is on it, the page asks again."""
    found = _batch(batch)
    may_write = request.membership.role in WRITERS
    context = {
        "batch": found,
        "shown": shown_batch(found, clock.now()),
        "may_write": may_write,
        "can_undo": may_write and can_be_undone(found, clock.now()),
        "form": CorrectionForm(
            initial={
                "currency": found.currency,
                "client_kind": found.client_kind,
                "accept_doubts": found.accept_doubts,
            }
        ),
        "missing": missing_from(found).count() if may_write else 0,
    }
    return render(request, "invoices/import_batch.html", context)


@requires(WRITERS)
@require_POST
def correct(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """Read the same files again, as the user says."""
    found = _batch(batch)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose from the lists what the columns are."))
        return _to(found)
    rows = list(ImportFile.objects.filter(batch=found).select_related("file"))
    correct_import(
        batch=found,
        mappings=mappings_said(rows, request.POST),
        now=clock.now(),
        **form.cleaned_data,
    )
    if sum(row.file.size for row in rows if row.file) <= AT_ONCE:
        work_on(batch_id=found.pk, today=clock.today(), now=clock.now())
    return _to(found)


@requires(WRITERS)
@require_POST
def confirm(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """Import what was looked at; `which=good` leaves the refused lines out."""
    confirm_import(
        batch=_batch(batch),
        partial=request.POST.get("which") == "good",
        user=request.user,
        now=clock.now(),
    )
    return HttpResponseRedirect(tenant_url("invoices:import_batch", batch))


@requires(READERS)
@require_GET
def refused(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """The refused lines as a file: as they came, and why."""
    found = _batch(batch)
    if found.refused is None:
        raise Http404
    response = HttpResponse(read_file(found.refused), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("refused-lines.csv")}"'
    return response


@requires(WRITERS)
def missing(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """What earlier imports left open and this one does not list: paid, or still open?"""
    found = _batch(batch)
    form = MissingForm(request.POST or None, today=clock.today())
    picked = _picked(request)
    if request.method == "POST" and form.is_valid():
        key = uuid.uuid4()
        try:
            rows = record_missing(
                batch=found,
                key=key,
                receivables=picked,
                user=request.user,
                now=clock.now(),
                **form.cleaned_data,
            )
        except DomainError as error:  # nothing was recorded; what was ticked stays ticked
            form.add_error(None, str(error))
        else:
            _say_recorded(request, [str(row.invoice) for row in rows], key)
            return _to(found)
    rows_there = missing_from(found).select_related("invoice", "client")
    context = {
        "batch": found,
        "form": form,
        "rows": missing_rows(rows_there[:MOST_MISSING], clock.today()),
        "count": rows_there.count(),
        "most": MOST_MISSING,
        "picked": [str(each) for each in picked],
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "invoices/import_missing.html", context, status=status)


@requires(WRITERS)
def undo(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """Take the import back, after a question."""
    found = _batch(batch)
    if request.method == "POST":
        undo_import(batch=found, user=request.user, now=clock.now())
        return _to(found)
    if not can_be_undone(found, clock.now()):
        raise Http404
    count = found.counts.get("created", 0)
    context = {
        "title": _("Undo this import"),
        "question": ngettext(
            "%(count)s invoice that it brought goes again, with the clients it brought.",
            "%(count)s invoices that it brought go again, with the clients it brought.",
            count,
        )
        % {"count": count},
        "consequences": [
            _("Amounts and dates that it changed become again what they were."),
            _("What was paid, promised, disputed or reminded of since stays, and is named."),
        ],
        "label": _("Undo the import"),
        "is_danger": True,
        "cancel_url": tenant_url("invoices:import_batch", found.public_id),
    }
    return render(request, "components/confirm.html", context)


def _picked(request: TenantRequest) -> list[uuid.UUID]:
    found = []
    for text in request.POST.getlist("receivable"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _say_recorded(request: TenantRequest, numbers: list[str], key: uuid.UUID) -> None:
    text = ngettext(
        "%(count)s amount is recorded as paid: %(numbers)s.",
        "%(count)s amounts are recorded as paid: %(numbers)s.",
        len(numbers),
    ) % {"count": len(numbers), "numbers": _few(numbers)}
    say_done(
        request,
        text,
        to=tenant_url("payments:list"),
        label=_("See the payments"),
        undo=tenant_url("dunning:undo_transfers", key),
    )


def _few(numbers: list[str]) -> str:
    most = 8
    listed = ", ".join(numbers[:most])
    return f"{listed}…" if len(numbers) > most else listed


def _batch(public_id: uuid.UUID) -> ImportBatch:
    rows = ImportBatch.objects.select_related("refused", "created_by", "imported_by", "undone_by")
    return get_object_or_404(rows, public_id=public_id)


def _to(batch: ImportBatch) -> HttpResponseRedirect:
    return HttpResponseRedirect(tenant_url("invoices:import_batch", batch.public_id))
