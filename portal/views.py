"""What a client sees behind a link to pay. Opening a page changes nothing."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import DomainError
from invoices.models import Invoice
from payments.accounts import credentials_of, gateway_of
from payments.attempts import start_attempt
from payments.gateways.errors import GatewayError
from payments.limits import is_too_often, visitor
from payments.links import receivables_of
from payments.models import Attempt, PayLink
from payments.own_kinds import mail_fresh_link
from payments.services import settle
from portal.doorway import behind_link, expired
from portal.facts import PayPage, pay_page
from portal.offers import offer_on
from portal.standing import standing_answers
from tenants.clock import now, today
from tenants.files import read_file
from tenants.models import StoredFile
from tenants.scope import current_tenant, tenant_atomic

PAYS_PER_MINUTE = 10
PAYS_PER_HOUR = 30
HOUR = 3600
LOOKS_PER_MINUTE = 20
LONGEST_WAIT = 12


def _when_expired(request: HttpRequest, link: PayLink) -> HttpResponse:
    """Reading an expired link offers a fresh one; asking for it mails the contact on file."""
    if request.method != "POST":
        return expired(request, link)
    if not is_too_often(f"fresh:{link.public_id}", most=PAYS_PER_MINUTE):
        with tenant_atomic():
            mail_fresh_link(link=link, language=get_language() or "fr", today=today())
    return expired(request, link, is_sent=True)


@require_http_methods(["GET", "HEAD"])
def _link(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    return _show(request, link, token)


_link.when_expired = _when_expired  # type: ignore[attr-defined]
link = behind_link(_link)


@behind_link
@require_POST
def pay(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    """Send the payer to the hosted page, whose host is one we know."""
    if _pays_too_often(request, link):
        return _show(request, link, token, error=_("Please wait a minute, then try again."))
    try:
        attempt = start_attempt(link=link, now=now(), whole=request.POST.get("what") == "whole")
    except DomainError as error:
        return _show(request, link, token, error=str(error))
    with tenant_atomic():
        account = Attempt.objects.select_related("account").get(pk=attempt.pk).account
        origins = gateway_of(account).page_origins(credentials_of(account))
    parts = urlsplit(attempt.redirect_url)
    if f"{parts.scheme}://{parts.netloc}" not in origins:
        return _show(request, link, token, error=_("This payment page is not at a known address."))
    response = HttpResponseRedirect(attempt.redirect_url, status=303)
    _allow_forms_to(response, origins)
    return response


@behind_link
@require_GET
def came_back(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    """Three states: paid, being confirmed, not paid; it says "failed" of nothing that may succeed.

    What the address says is looked up among this link's attempts, and the gateway is asked.
    """
    waited = int(request.GET.get("n", "0")) if request.GET.get("n", "0").isdigit() else 0
    attempt = _look(_attempt(link, request.GET.get("session", "")))
    with tenant_atomic():
        page = pay_page(link, today=today())
    context = {
        **_context(page, token),
        "attempt": attempt,
        "outcome": _outcome(attempt, page),
        "again": waited + 1 if waited < LONGEST_WAIT else 0,
        "session": request.GET.get("session", ""),
    }
    return render(request, "portal/returned.html", context)


@behind_link
@require_GET
def document(request: HttpRequest, link: PayLink, *, token: str, invoice: UUID) -> HttpResponse:
    """The PDF of an invoice of this link, and of no other."""
    with tenant_atomic():
        stored = StoredFile.objects.filter(pk__in=_documents(link, invoice)).first()
        if stored is None:
            raise Http404
    response = HttpResponse(read_file(stored), content_type=stored.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{_plain(stored.name)}"'
    return response


def _show(request: HttpRequest, link: PayLink, token: str, *, error: str = "") -> HttpResponse:
    with tenant_atomic():
        page = pay_page(link, today=today())
        standing = standing_answers([row.pk for row in page.rows])
        offer = offer_on(link, page.rows, today=today())
    context = {
        **_context(page, token),
        "error": error,
        "link": link,
        "standing": standing,
        "offer": offer,
    }
    response = render(request, "portal/pay.html", context, status=409 if error else 200)
    _allow_forms_to(response, page.origins)
    return response


def _context(page: PayPage, token: str) -> dict[str, object]:
    tenant = current_tenant()
    legal = page.business
    return {
        "tenant": tenant,
        "legal_line": f"{legal.legal_name}, SIREN {legal.siren}" if legal and legal.siren else "",
        "page": page,
        "token": token,
    }


def _allow_forms_to(response: HttpResponse, origins: object) -> None:
    """Chromium applies form-action to the redirect that answers a POST."""
    response._csp_update = {"form-action": list(origins)}  # type: ignore[attr-defined, call-overload] # noqa: SLF001


def _pays_too_often(request: HttpRequest, link: PayLink) -> bool:
    by_link = is_too_often(f"pays:{link.public_id}", most=PAYS_PER_MINUTE)
    by_visitor = is_too_often(f"pays:{visitor(request)}", most=PAYS_PER_HOUR, seconds=HOUR)
    return by_link or by_visitor


def _attempt(link: PayLink, session: str) -> Attempt | None:
    with tenant_atomic():
        rows = Attempt.objects.filter(link=link).order_by("-id")
        return rows.filter(external_id=session).first() if session else rows.first()


def _look(attempt: Attempt | None) -> Attempt | None:
    """Ask the gateway once; when it does not answer, the page says "being confirmed"."""
    if attempt is None or attempt.state not in Attempt.LIVE:
        return attempt
    if is_too_often(f"look:{attempt.public_id}", most=LOOKS_PER_MINUTE):
        return attempt
    try:
        return settle(attempt_id=attempt.pk, now=now())
    except GatewayError:
        return attempt


def _outcome(attempt: Attempt | None, page: PayPage) -> str:
    if attempt is None:
        return "PAID" if page.state == "PAID" else "NOT_PAID"
    if attempt.state == Attempt.State.SUCCEEDED:
        return "PAID"
    return "CONFIRMING" if attempt.state in Attempt.LIVE else "NOT_PAID"


def _documents(link: PayLink, invoice: UUID) -> list[int]:
    on_link = {row.invoice_id for row in receivables_of(link)}
    rows = Invoice.objects.filter(pk__in=on_link, public_id=invoice, document__isnull=False)
    return list(rows.values_list("document_id", flat=True))


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)
