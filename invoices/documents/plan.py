"""The instalment plan as the client reads and accepts it: printed once, kept by its hash."""

from __future__ import annotations

from typing import Any, cast

from clients.queries import contact_of
from core.money import format_decimal, format_money
from invoices.documents.data import PaymentBlock
from invoices.documents.present import seller_footer, siren_shown
from invoices.documents.render import render_plan
from invoices.documents.wording import WORDING, long_date, short_date
from invoices.models import InstallmentPlan, PlanDebt
from invoices.parties import frozen_buyer, frozen_seller
from invoices.printing import Language, buyer_of, seller_of
from tenants.files import store_file
from tenants.models import Business, StoredFile
from tenants.scope import current_tenant

TITLES: dict[Language, str] = {"fr": "Échéancier de paiement", "en": "Payment plan"}
ON_ACCEPTANCE: dict[Language, str] = {"fr": "À l’acceptation", "en": "On acceptance"}


def write_plan(plan: InstallmentPlan) -> StoredFile:
    """Print what the client is asked to accept and keep it; inside a scope."""
    language = cast("Language", plan.language)
    business = Business.objects.select_related("logo").get()
    seller = seller_of(frozen_seller(business, current_tenant()))
    buyer = buyer_of(frozen_buyer(plan.client, contact_of(plan.client_id)))
    content = render_plan(
        context={
            **_context(plan, language),
            "seller": seller,
            "seller_name": seller.name,
            "seller_siren": siren_shown(seller.siren),
            "footer": seller_footer(seller, seller.name, language),
            "buyer": buyer,
            "addressee": buyer.address,
        },
        language=language,
        seller=seller,
        payment=PaymentBlock(),
        dated=plan.proposed_on,
        identity=str(plan.public_id),
    )
    name = f"{TITLES[language]} {plan.proposed_on:%Y-%m-%d}.pdf"
    return store_file(content=content, name=name, media_type="application/pdf")


def _context(plan: InstallmentPlan, language: Language) -> dict[str, Any]:
    debts = PlanDebt.objects.filter(plan=plan).select_related("receivable__invoice")
    return {
        "language": language,
        "title": TITLES[language],
        "words": WORDING[language],
        "stamp": f"{plan.proposed_on:%Y-%m-%d}T00:00:00Z",
        "proposed_on": long_date(plan.proposed_on, language),
        "answer_by": long_date(plan.answer_by, language),
        "total": format_money(plan.total, plan.currency, language),
        "fee": format_money(plan.fee, plan.currency, language) if plan.fee else "",
        "debts": [
            {
                "number": debt.receivable.invoice.number,
                "due_on": short_date(debt.receivable.due_on, language),
                "amount": format_decimal(debt.amount, language, 2),
            }
            for debt in debts.order_by("receivable__due_on", "receivable_id")
        ],
        "parts": [
            {
                "due_on": short_date(part.due_on, language)
                if part.due_on
                else ON_ACCEPTANCE[language],
                "amount": format_decimal(part.amount, language, 2),
            }
            for part in plan.parts.order_by("position")
        ],
    }
