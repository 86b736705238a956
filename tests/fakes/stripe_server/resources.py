"""Objects as Stripe shows them, with every field that is always there."""

from __future__ import annotations

from tests.fakes.stripe_server.errors import StripeRefusal
from tests.fakes.stripe_server.world import DAY, Account, World

HALF_AN_HOUR = 1800
SMALLEST_EURO_CHARGE = 50
ZERO_DECIMAL = {"xpf", "jpy"}


def new_session(world: World, account: Account, params: dict) -> dict:
    """Open a Checkout Session, refusing what Stripe refuses beyond types."""
    item = params["line_items"][0]
    price = item["price_data"]
    total = price["unit_amount"] * item["quantity"]
    if price["currency"] == "eur" and total < SMALLEST_EURO_CHARGE:
        raise StripeRefusal(
            400, "The total amount due must add up to at least €0.50", code="amount_too_small"
        )
    expires_at = params.get("expires_at", world.now() + DAY)
    if not world.now() + HALF_AN_HOUR <= expires_at <= world.now() + DAY:
        raise StripeRefusal(
            400, "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."
        )
    session = world.create(
        account,
        "checkout.session",
        "cs_test",
        adaptive_pricing=params.get("adaptive_pricing"),
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        currency=price["currency"],
        custom_fields=[],
        custom_text={
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        customer=None,
        customer_email=params.get("customer_email"),
        excluded_payment_method_types=params.get("excluded_payment_method_types"),
        expires_at=expires_at,
        livemode=False,
        locale=params.get("locale"),
        metadata=params.get("metadata", {}),
        mode=params["mode"],
        payment_intent=None,
        payment_method_types=["card", "sepa_debit"],
        payment_status="unpaid",
        shipping_options=[],
        status="open",
        submit_type=params.get("submit_type"),
        success_url=params.get("success_url"),
        ui_mode=params.get("ui_mode", "hosted_page"),
        # What Stripe keeps to itself is kept under a leading underscore and never shown.
        _intent_data=params.get("payment_intent_data", {}),
        _item_name=price["product_data"]["name"],
    )
    session["url"] = f"{world.base_url}/c/pay/{session['id']}"
    return session


def new_intent(world: World, account: Account, session: dict) -> dict:
    """Make the payment of a session, which appears when the payer first tries to pay."""
    intent_data = session["_intent_data"]
    intent = world.create(
        account,
        "payment_intent",
        "pi",
        amount=session["amount_total"],
        amount_capturable=0,
        amount_received=0,
        capture_method="automatic",
        confirmation_method="automatic",
        currency=session["currency"],
        description=intent_data.get("description"),
        last_payment_error=None,
        latest_charge=None,
        livemode=False,
        metadata=intent_data.get("metadata", {}),
        payment_method_types=session["payment_method_types"],
        status="requires_payment_method",
    )
    session["payment_intent"] = intent["id"]
    return intent


def new_charge(world: World, account: Account, intent: dict, *, method: str, status: str) -> dict:
    """Try to take the money of an intent once."""
    delayed = method == "sepa_debit"
    details = {"last4": "3000"} if delayed else {"brand": "visa", "last4": "4242"}
    charge = world.create(
        account,
        "charge",
        "py" if delayed else "ch",
        amount=intent["amount"],
        amount_captured=0 if status == "failed" else intent["amount"],
        amount_refunded=0,
        balance_transaction=None,
        billing_details={
            "address": None,
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        captured=status != "failed",
        currency=intent["currency"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code="card_declined" if status == "failed" else None,
        livemode=False,
        metadata=dict(intent["metadata"]),
        paid=status == "succeeded",
        payment_intent=intent["id"],
        payment_method_details={"type": method, method: _method_details(method, details)},
        refunded=False,
        status=status,
    )
    intent["latest_charge"] = charge["id"]
    return charge


def new_transaction(
    world: World, account: Account, source: dict, *, amount: int, fee: int, kind: str, category: str
) -> dict:
    """Move the balance of the account; `amount` is signed, in minor units."""
    lines = [{"amount": fee, "application": None, "currency": source["currency"]}]
    return world.create(
        account,
        "balance_transaction",
        "txn",
        amount=amount,
        available_on=world.now() + 2 * DAY,
        balance_type="payments",
        currency=source["currency"],
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=[{**line, "description": None, "type": "stripe_fee"} for line in lines if fee],
        net=amount - fee,
        reporting_category=category,
        source=source["id"],
        status="pending",
        type=kind,
    )


def new_refund(world: World, account: Account, charge: dict, params: dict, *, status: str) -> dict:
    return world.create(
        account,
        "refund",
        "re",
        amount=params["amount"],
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=params.get("metadata", {}),
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status=status,
    )


def new_dispute(world: World, account: Account, charge: dict, *, status: str) -> dict:
    return world.create(
        account,
        "dispute",
        "du",
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=_empty_evidence(),
        evidence_details={
            "due_by": world.now() + 7 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "manual",
        },
        is_charge_refundable=status.startswith("warning"),
        livemode=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status=status,
    )


def account_object(world: World, account: Account) -> dict:
    return {
        "id": account.id,
        "object": "account",
        "business_profile": None,
        "charges_enabled": account.charges_enabled,
        "country": "FR",
        "default_currency": "eur",
        "details_submitted": True,
        "payouts_enabled": True,
        "type": "standard",
    }


def balance_object(world: World, account: Account) -> dict:
    """Give the balance: the sum of what every balance transaction left."""
    totals: dict[str, int] = {}
    for transaction in world.all(account, "balance_transaction"):
        currency = transaction["currency"]
        totals[currency] = totals.get(currency, 0) + transaction["net"]
    pending = [{"amount": total, "currency": currency} for currency, total in totals.items()]
    return {"object": "balance", "available": [], "livemode": False, "pending": pending}


def _method_details(method, details):
    if method == "sepa_debit":
        return {"bank_code": None, "branch_code": None, "country": "FR", **details}
    return {"checks": None, "country": "FR", "exp_month": 12, "exp_year": 2030, **details}


def _empty_evidence():
    return {"enhanced_evidence": {}}
