"""Where the demonstration gateway keeps its pretended payments: rows of the tenant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from payments.gateways.interface import PaymentRequest, PaymentState
from payments.gateways.sandbox import SandboxPayment, SandboxRefund
from payments.models import SandboxPayment as Row
from tenants.scope import tenant_atomic


class RowStore:
    """The sandbox's store; each call is a scope of its own, under the current identity."""

    def get(self, external_id: str) -> SandboxPayment | None:
        with tenant_atomic():
            row = Row.objects.filter(external_id=external_id).first()
        return _payment(row) if row else None

    def put(self, payment: SandboxPayment) -> None:
        with tenant_atomic():
            Row.objects.update_or_create(
                external_id=payment.external_id,
                defaults={"state": payment.state.value, "data": _data(payment)},
            )

    def changed_since(self, since: dt.datetime) -> Iterable[SandboxPayment]:
        with tenant_atomic():
            payments = [_payment(row) for row in Row.objects.order_by("id")]
        return [payment for payment in payments if payment.changed_at >= since]


def _data(payment: SandboxPayment) -> dict[str, Any]:
    return {
        "request": payment.request.to_stored(),
        "changed_at": payment.changed_at.isoformat(),
        "paid_at": payment.paid_at.isoformat() if payment.paid_at else None,
        "refunds": [
            [refund.external_id, str(refund.amount), refund.refunded_at.isoformat()]
            for refund in payment.refunds
        ],
    }


def _payment(row: Row) -> SandboxPayment:
    paid_at = row.data["paid_at"]
    return SandboxPayment(
        external_id=row.external_id,
        request=PaymentRequest.from_stored(row.data["request"]),
        state=PaymentState(row.state),
        changed_at=dt.datetime.fromisoformat(row.data["changed_at"]),
        paid_at=dt.datetime.fromisoformat(paid_at) if paid_at else None,
        refunds=tuple(
            SandboxRefund(
                external_id=external_id,
                amount=Decimal(amount),
                refunded_at=dt.datetime.fromisoformat(refunded_at),
            )
            for external_id, amount, refunded_at in row.data["refunds"]
        ),
    )
