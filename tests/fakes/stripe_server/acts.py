"""What payers, banks and card networks do, and the events Stripe tells about it."""

from __future__ import annotations

from tests.fakes.stripe_server.errors import StripeRefusal
from tests.fakes.stripe_server.resources import (
    new_charge,
    new_dispute,
    new_intent,
    new_refund,
    new_transaction,
)
from tests.fakes.stripe_server.world import Account, World

DISPUTE_FEE = 2000


def pay(world: World, session_id: str, *, method: str = "card", late_fee: bool = False) -> dict:
    """Pay an open session: a card at once, a bank debit (`sepa_debit`) in some days.

    With `late_fee` the balance transaction is missing until `tell_fee`.
    """
    account, session = _open_session(world, session_id)
    intent = _intent_of(world, account, session)
    delayed = method == "sepa_debit"
    status = "pending" if delayed else "succeeded"
    charge = new_charge(world, account, intent, method=method, status=status)
    session.update(status="complete", url=None)
    if delayed:
        intent["status"] = "processing"
        world.emit(account, "payment_intent.processing", shown(intent))
    else:
        _succeed(world, account, charge, late_fee=late_fee)
        session["payment_status"] = "paid"
    world.emit(account, "checkout.session.completed", shown(session))
    return session


def decline(world: World, session_id: str) -> dict:
    """Have a card refused on the page: nothing is paid and the page stays open."""
    account, session = _open_session(world, session_id)
    intent = _intent_of(world, account, session)
    charge = new_charge(world, account, intent, method="card", status="failed")
    world.emit(account, "charge.failed", shown(charge))
    world.emit(account, "payment_intent.payment_failed", shown(intent))
    return session


def confirm_debit(world: World, session_id: str, *, late_fee: bool = False) -> dict:
    """Have the bank honour a debit in flight."""
    account, session, charge = _debit(world, session_id)
    _succeed(world, account, charge, late_fee=late_fee)
    session["payment_status"] = "paid"
    world.emit(account, "checkout.session.async_payment_succeeded", shown(session))
    return session


def fail_debit(world: World, session_id: str) -> dict:
    """Have the bank refuse a debit in flight: no money ever came."""
    account, session, charge = _debit(world, session_id)
    charge.update(status="failed", paid=False, failure_code="insufficient_funds")
    charge.update(amount_captured=0, captured=False)
    _fail_intent(world, account, charge)
    world.emit(account, "checkout.session.async_payment_failed", shown(session))
    return session


def reverse_charge(world: World, session_id: str) -> dict:
    """Have a bank take back money of a charge that had succeeded: a late failure."""
    account = world.account_with(session_id)
    session = world.find(account, "checkout.session", session_id)
    charge = _charge_of(world, account, session)
    transaction = new_transaction(
        world,
        account,
        charge,
        amount=-charge["amount"],
        fee=0,
        kind="payment_failure_refund",
        category="charge_failure",
    )
    charge.update(status="failed", paid=False, failure_code="insufficient_funds")
    charge["failure_balance_transaction"] = transaction["id"]
    _fail_intent(world, account, charge)
    return charge


def tell_fee(world: World, session_id: str) -> dict:
    """Give a charge the balance transaction it lacked."""
    account = world.account_with(session_id)
    session = world.find(account, "checkout.session", session_id)
    charge = _charge_of(world, account, session)
    _settle_balance(world, account, charge)
    world.emit(account, "charge.updated", shown(charge))
    return charge


def expire(world: World, account: Account, session: dict) -> dict:
    if session["status"] != "open":
        raise StripeRefusal(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
    session.update(status="expired", url=None)
    world.emit(account, "checkout.session.expired", shown(session))
    return session


def expire_old_sessions(world: World) -> None:
    for account in list(world.accounts.values()):
        for session in world.all(account, "checkout.session", status="open"):
            if session["expires_at"] <= world.now():
                expire(world, account, session)


def refund(world: World, account: Account, params: dict, *, status: str = "succeeded") -> dict:
    """Give money back, never more than what is left of the charge."""
    intent = world.find(account, "payment_intent", params["payment_intent"])
    charge = world.find(account, "charge", intent["latest_charge"] or "")
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if charge["status"] != "succeeded" or left == 0:
        raise StripeRefusal(
            400, "Charge has already been refunded.", code="charge_already_refunded"
        )
    if amount > left:
        raise StripeRefusal(400, "Refund amount is greater than unrefunded amount on charge.")
    refunded = new_refund(world, account, charge, {**params, "amount": amount}, status=status)
    if status != "requires_action":  # the payer must say where to; nothing has left yet
        transaction = new_transaction(
            world, account, refunded, amount=-amount, fee=0, kind="refund", category="refund"
        )
        refunded["balance_transaction"] = transaction["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    world.emit(account, "refund.created", shown(refunded))
    return refunded


def refund_in_dashboard(
    world: World, payment_intent: str, *, amount: int | None = None, status: str = "succeeded"
) -> dict:
    """Have the seller refund on Stripe's own pages, past the application."""
    account = world.account_with(payment_intent)
    params = {"payment_intent": payment_intent} | ({"amount": amount} if amount else {})
    return refund(world, account, params, status=status)


def fail_refund(world: World, refund_id: str) -> dict:
    """Have the payer's bank send a refund back, days later."""
    account = world.account_with(refund_id)
    failed = world.find(account, "refund", refund_id)
    charge = world.find(account, "charge", failed["charge"])
    transaction = new_transaction(
        world,
        account,
        failed,
        amount=failed["amount"],
        fee=0,
        kind="refund_failure",
        category="refund_failure",
    )
    failed.update(status="failed", failure_reason="lost_or_stolen_card")
    failed["failure_balance_transaction"] = transaction["id"]
    charge["amount_refunded"] -= failed["amount"]
    charge["refunded"] = False
    world.emit(account, "refund.failed", shown(failed))
    return failed


def dispute(world: World, payment_intent: str, *, inquiry: bool = False) -> dict:
    """Have the payer dispute a charge; an inquiry asks questions and takes no money."""
    account = world.account_with(payment_intent)
    intent = world.find(account, "payment_intent", payment_intent)
    charge = world.find(account, "charge", intent["latest_charge"])
    status = "warning_needs_response" if inquiry else "needs_response"
    disputed = new_dispute(world, account, charge, status=status)
    charge["disputed"] = True
    world.emit(account, "charge.dispute.created", shown(disputed))
    if not inquiry:
        _move_dispute(world, account, disputed, amount=-disputed["amount"], fee=DISPUTE_FEE)
        world.emit(account, "charge.dispute.funds_withdrawn", shown(disputed))
    return disputed


def win_dispute(world: World, dispute_id: str) -> dict:
    """Have the card network side with the seller: money and fee come back."""
    account = world.account_with(dispute_id)
    won = world.find(account, "dispute", dispute_id)
    won["status"] = "won"
    _move_dispute(world, account, won, amount=won["amount"], fee=-DISPUTE_FEE)
    world.emit(account, "charge.dispute.funds_reinstated", shown(won))
    world.emit(account, "charge.dispute.closed", shown(won))
    return won


def deauthorize(world: World, account_id: str) -> dict:
    """Have a connected seller cut the connection to the platform."""
    account = world.accounts[account_id]
    account.deauthorized = True
    application = {"id": "ca_fake", "object": "application", "name": "fake"}
    return world.emit(account, "account.application.deauthorized", application)


def shown(stripe_object: dict) -> dict:
    """Return an object without what Stripe keeps to itself."""
    return {name: value for name, value in stripe_object.items() if not name.startswith("_")}


def _open_session(world, session_id):
    account = world.account_with(session_id)
    session = world.find(account, "checkout.session", session_id)
    if session["status"] != "open":
        raise StripeRefusal(410, f"This session is {session['status']}.")
    return account, session


def _intent_of(world, account, session):
    if session["payment_intent"] is None:
        return new_intent(world, account, session)
    return world.find(account, "payment_intent", session["payment_intent"])


def _charge_of(world, account, session):
    intent = world.find(account, "payment_intent", session["payment_intent"] or "")
    return world.find(account, "charge", intent["latest_charge"])


def _debit(world, session_id):
    account = world.account_with(session_id)
    session = world.find(account, "checkout.session", session_id)
    charge = _charge_of(world, account, session)
    if charge["status"] != "pending":
        raise StripeRefusal(400, f"This debit is {charge['status']}.")
    return account, session, charge


def _succeed(world, account, charge, *, late_fee):
    intent = world.find(account, "payment_intent", charge["payment_intent"])
    charge.update(status="succeeded", paid=True)
    if not late_fee:
        _settle_balance(world, account, charge)
    intent.update(status="succeeded", amount_received=intent["amount"])
    world.emit(account, "payment_intent.succeeded", shown(intent))


def _settle_balance(world, account, charge):
    fee = charge["amount"] * 15 // 1000 + 25
    transaction = new_transaction(
        world,
        account,
        charge,
        amount=charge["amount"],
        fee=fee,
        kind="charge" if charge["id"].startswith("ch_") else "payment",
        category="charge",
    )
    charge["balance_transaction"] = transaction["id"]


def _fail_intent(world, account, charge):
    intent = world.find(account, "payment_intent", charge["payment_intent"])
    intent.update(status="requires_payment_method", amount_received=0)
    world.emit(account, "charge.failed", shown(charge))
    world.emit(account, "payment_intent.payment_failed", shown(intent))


def _move_dispute(world, account, disputed, *, amount, fee):
    transaction = new_transaction(
        world,
        account,
        disputed,
        amount=amount,
        fee=fee,
        kind="adjustment",
        category="dispute" if amount < 0 else "dispute_reversal",
    )
    disputed["balance_transactions"].append(transaction)
