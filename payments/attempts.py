"""Hosted payment pages: one live page per debt, opened, reused and closed.

A row and its exact request are committed before the gateway is called, and the call happens outside
any scope; a crash in between leaves a row in CREATING, whose request is replayed unchanged. All
functions run under an identity and open their own short scopes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from clients.models import Person
from core.errors import DomainError
from invoices.ledger import lock_client
from invoices.models import Receivable
from payments.accounts import credentials_of, enabled_account, gateway_of, takes_payments
from payments.covered import covered_by
from payments.gateways.errors import GatewayError, GatewayUnavailable
from payments.gateways.interface import Expired, PaymentRequest, Started
from payments.links import link_token
from payments.models import Attempt, AttemptTarget, GatewayAccount, PayLink
from payments.services.settling import close_attempt, settle
from tenants.clock import local
from tenants.links import public_url
from tenants.scope import assert_no_open_scope, current_tenant, tenant_atomic

ZERO = Decimal(0)
LEAST = Decimal("0.50")  # what gateways charge at least, in euros
PAGE_LIFE = dt.timedelta(minutes=60)
NEAR_EXPIRY = dt.timedelta(minutes=10)
FIRST_POLL = dt.timedelta(minutes=1)
REPLAY_LIMIT = dt.timedelta(hours=24)  # gateways forget idempotency keys after a day
ROUNDS = 3
LONGEST_DESCRIPTION = 120
LONGEST_ERROR = 300


class NothingToPay(DomainError):
    """The balance is settled, or too small for a card."""


class NoOnlinePayment(DomainError):
    """No gateway takes payments for this tenant now."""


class PaymentInFlight(DomainError):
    """The payer has paid and the bank has not confirmed: a second page would charge twice."""


@dataclass(frozen=True, slots=True)
class _Blocked:
    """A live page about these debts that cannot be reused as it is."""

    attempt: Attempt


def start_attempt(*, link: PayLink, now: dt.datetime, whole: bool = False) -> Attempt:
    """Give the page on which the link's balance of this moment can be paid.

    Of an instalment plan that is what is due, or the next part; `whole` is all that is left of it.

    The same page is given as long as the balance is the same; a page for another balance is closed
    first, and if it was paid meanwhile, that is booked instead.

    Raises:
        NothingToPay: the balance is zero, or below 0.50.
        NoOnlinePayment: no gateway, or it does not answer: pay by transfer, or try later.
        PaymentInFlight: a payment is being confirmed.
    """
    assert_no_open_scope()
    for _round in range(ROUNDS):
        with tenant_atomic():
            found = _reuse_or_reserve(link, now, whole=whole)
        if isinstance(found, Attempt):
            return found if found.state == Attempt.State.OPEN else open_page(found, now=now)
        _close(found.attempt, now)
    raise NoOnlinePayment(_("Another payment is being opened: please try again in a minute."))


def open_page(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """Ask the gateway for the page of a reserved attempt; the same request gives the same page.

    Raises:
        NoOnlinePayment: the gateway refuses, or does not answer; in doubt the row stays CREATING.
    """
    with tenant_atomic():
        account = GatewayAccount.objects.get(pk=attempt.account_id)
        credentials = credentials_of(account)
    try:
        started = gateway_of(account).start(
            credentials, PaymentRequest.from_stored(attempt.request)
        )
    except GatewayUnavailable as error:
        if error.outcome_known:
            _give_up(attempt, str(error))
        raise NoOnlinePayment(
            _("Online payment does not answer at the moment: pay by transfer, or try again later.")
        ) from error
    except GatewayError as error:
        _give_up(attempt, str(error))
        raise NoOnlinePayment(
            _("Online payment is not available at the moment: please pay by transfer.")
        ) from error
    with tenant_atomic():
        return _opened(attempt, started, now)


def expire_open(*, receivable_ids: Sequence[int], now: dt.datetime) -> int:
    """Close the pages whose amount is no longer what these debts still ask; return how many.

    Called after a balance moved (transfer, credit note, write-off). A page that was just paid is
    settled instead, one that is being confirmed is left alone.
    """
    assert_no_open_scope()
    with tenant_atomic():
        attempts = list(
            Attempt.objects.filter(
                state=Attempt.State.OPEN,
                targets__receivable_id__in=list(receivable_ids),
                targets__is_live=True,
            ).distinct()
        )
        outdated = [attempt for attempt in attempts if target_balance(attempt) != attempt.amount]
    for attempt in outdated:
        _close(attempt, now)
    return len(outdated)


def replay(attempt: Attempt, *, now: dt.datetime) -> Attempt:
    """Finish what a crash interrupted: the same request again while the gateway remembers it."""
    if now - attempt.created_at >= REPLAY_LIMIT:
        _give_up(attempt, "Never opened.")
        return attempt
    return open_page(attempt, now=now)


def target_balance(attempt: Attempt) -> Decimal:
    """What the debts an attempt is about still ask; inside a scope."""
    rows = Receivable.objects.filter(attempt_targets__attempt=attempt)
    return sum(rows.values_list("balance", flat=True), ZERO)


def can_pay_online(account: GatewayAccount | None, amount: Decimal) -> bool:
    """Whether to show a button: an account that works, and no less than 0.50."""
    return takes_payments(account) and amount >= LEAST


def _reuse_or_reserve(link: PayLink, now: dt.datetime, *, whole: bool) -> Attempt | _Blocked:
    lock_client(link.client_id)
    covered = covered_by(link)
    open_rows = [row for row in covered.rows if row.balance > ZERO]
    if not whole:
        open_rows = covered.asked(local(now).date())
    amount = sum((row.balance for row in open_rows), ZERO)
    if amount < LEAST:
        raise NothingToPay(_("There is nothing to pay here any more."))
    account = enabled_account()
    if account is None or not can_pay_online(account, amount):
        raise NoOnlinePayment(_("Online payment is not available: please pay by transfer."))
    live = (
        Attempt.objects.filter(targets__receivable__in=open_rows, targets__is_live=True)
        .order_by("id")
        .distinct()
        .first()
    )
    if live is None:
        return _reserve(link, account, open_rows, amount, now)
    if live.state == Attempt.State.PROCESSING:
        raise PaymentInFlight(
            _("A payment is being confirmed by the bank: there is nothing more to do.")
        )
    same = set(live.targets.values_list("receivable_id", flat=True)) == {r.pk for r in open_rows}
    fits = same and live.amount == amount and live.account_id == account.pk
    if fits and live.expires_at - now > NEAR_EXPIRY:
        return live
    return _Blocked(live)


def _reserve(
    link: PayLink,
    account: GatewayAccount,
    receivables: list[Receivable],
    amount: Decimal,
    now: dt.datetime,
) -> Attempt:
    attempt = Attempt(
        public_id=uuid.uuid4(),
        link=link,
        account=account,
        amount=amount,
        currency=receivables[0].currency,
        expires_at=now + PAGE_LIFE,
        next_poll_at=now + FIRST_POLL,
    )
    attempt.request = _request(attempt, link, receivables).to_stored()
    attempt.save(force_insert=True)
    AttemptTarget.objects.bulk_create(
        AttemptTarget(attempt=attempt, receivable=receivable) for receivable in receivables
    )
    return attempt


def _request(attempt: Attempt, link: PayLink, receivables: list[Receivable]) -> PaymentRequest:
    token = link_token(link)
    page = public_url("portal:link", token=token, absolute=True)
    back = public_url("portal:return", token=token, absolute=True)
    numbers = dict.fromkeys(receivable.invoice.number or "" for receivable in receivables)
    person = Person.objects.filter(client_id=link.client_id, role=Person.Role.BILLING).first()
    return PaymentRequest(
        key=f"att-{attempt.public_id}",
        reference=str(attempt.public_id),
        tenant=str(current_tenant().public_id),
        amount=attempt.amount,
        currency=attempt.currency,
        description=", ".join(numbers)[:LONGEST_DESCRIPTION],
        locale=link.language,
        success_url=f"{back}?session={{CHECKOUT_SESSION_ID}}",
        cancel_url=page,
        expires_at=attempt.expires_at.replace(microsecond=0),
        customer_email=(person.email or None) if person else None,
    )


def _opened(attempt: Attempt, started: Started, now: dt.datetime) -> Attempt:
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if row.state == Attempt.State.CREATING:
        row.state = Attempt.State.OPEN
        row.external_id, row.redirect_url = started.external_id, started.redirect_url
        row.expires_at = started.expires_at
        row.next_poll_at = now + FIRST_POLL
        row.save(
            update_fields=["state", "external_id", "redirect_url", "expires_at", "next_poll_at"]
        )
    return row


def _close(attempt: Attempt, now: dt.datetime) -> None:
    """Close a page, or settle it when it is too late to close."""
    if not attempt.external_id:
        _close_unopened(attempt, now)
        return
    with tenant_atomic():
        account = GatewayAccount.objects.get(pk=attempt.account_id)
        credentials = credentials_of(account)
    try:
        outcome = gateway_of(account).expire(credentials, attempt.external_id)
        if isinstance(outcome, Expired):
            with tenant_atomic():
                close_attempt(attempt, Attempt.State.EXPIRED)
        else:
            settle(attempt_id=attempt.pk, now=now)
    except GatewayError as error:
        raise NoOnlinePayment(
            _("Online payment does not answer at the moment: pay by transfer, or try again later.")
        ) from error


def _close_unopened(attempt: Attempt, now: dt.datetime) -> None:
    """What was reserved may or may not exist at the gateway: find out, then close it."""
    opened = replay(attempt, now=now)
    if opened.external_id:
        _close(opened, now)


def _give_up(attempt: Attempt, error: str) -> None:
    with tenant_atomic():
        close_attempt(attempt, Attempt.State.FAILED, error=error[:LONGEST_ERROR])
