"""What must always be true of the books, and what it looks like when it is not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import DecimalField, F, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from invoices.models import (
    Credit,
    InstallmentPlan,
    PlanDebt,
    PlanPart,
    Receivable,
    Series,
    WriteOff,
)
from invoices.numbering import missing_numbers
from payments.chain import broken_links
from payments.models import Allocation, Payment
from tenants.files import read_file
from tenants.models import StoredFile
from tenants.ownership import TenantOwned
from tenants.scope import current_tenant, tenant_atomic

ZERO = Decimal(0)
MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)
NUMBERED = (Series.Kind.INVOICE, Series.Kind.CREDIT_NOTE)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as it must be; `tenant` is a slug, empty for the whole database."""

    tenant: str
    check: str
    what: str

    def __str__(self) -> str:
        return f"{self.tenant or 'database'}: {self.check}: {self.what}"


def verify_tenant() -> list[Violation]:
    """Run every check on the current tenant; opens its own scope, changes nothing."""
    slug = current_tenant().slug
    with tenant_atomic():
        return [
            Violation(slug, name, what) for name, check in TENANT_CHECKS.items() for what in check()
        ]


def verify_database() -> list[Violation]:
    """Every table of a tenant's rows has its wall: row-level security with the one policy."""
    return [Violation("", "walls", what) for what in _tables_without_wall()]


def _receivables() -> Iterator[str]:
    """What is allocated, credited and written off is the sum of the rows that say so."""
    live = Allocation.objects.filter(receivable=OuterRef("pk"), undone_at=None)
    credits_of = Credit.objects.filter(receivable=OuterRef("pk"))
    losses = WriteOff.objects.filter(receivable=OuterRef("pk"))
    rows = Receivable.objects.annotate(
        by_money=_sum_of(live, "receivable"),
        by_credit=_sum_of(credits_of, "receivable"),
        by_loss=_sum_of(losses, "receivable"),
    )
    for row in rows.iterator(chunk_size=1000):
        if row.allocated != row.by_money:
            yield f"receivable {row.public_id}: allocated {row.allocated}, rows {row.by_money}"
        if row.credited != row.by_credit:
            yield f"receivable {row.public_id}: credited {row.credited}, rows {row.by_credit}"
        if row.written_off != row.by_loss:
            yield f"receivable {row.public_id}: written off {row.written_off}, rows {row.by_loss}"


def _plans() -> Iterator[str]:
    """What a plan replaced is what it splits; its dated amounts add up to that."""
    in_force = PlanDebt.objects.filter(
        receivable=OuterRef("pk"), plan__state=InstallmentPlan.State.AGREED
    )
    rows = Receivable.objects.exclude(replaced=0, plan_debts=None).select_related("plan")
    for row in rows.annotate(by_plans=_sum_of(in_force, "receivable")).distinct():
        is_undone = row.plan is not None and row.plan.state != InstallmentPlan.State.AGREED
        expected = row.amount if is_undone else row.by_plans
        if row.replaced != expected:
            yield f"receivable {row.public_id}: replaced {row.replaced}, plans {expected}"
    plans = InstallmentPlan.objects.annotate(
        by_debts=_sum_of(PlanDebt.objects.filter(plan=OuterRef("pk")), "plan"),
        by_parts=_sum_of(PlanPart.objects.filter(plan=OuterRef("pk")), "plan"),
    )
    for plan in plans.exclude(by_debts=F("total"), by_parts=F("total")):
        yield f"plan {plan.public_id}: {plan.total}, debts {plan.by_debts}, parts {plan.by_parts}"


def _payments() -> Iterator[str]:
    live = Allocation.objects.filter(payment=OuterRef("pk"), undone_at=None)
    rows = Payment.objects.annotate(by_rows=_sum_of(live, "payment"))
    for row in rows.iterator(chunk_size=1000):
        if row.allocated != row.by_rows:
            yield f"payment {row.public_id}: allocated {row.allocated}, rows {row.by_rows}"


def _numbers() -> Iterator[str]:
    for series in Series.objects.filter(kind__in=NUMBERED).order_by("id"):
        missing = missing_numbers(series)
        if missing:
            yield f"series {series.kind} {series.year}: missing {missing}"


def _movements() -> Iterator[str]:
    for sequence in broken_links():
        yield f"movement {sequence} does not follow from the one before it"


def _files() -> Iterator[str]:
    """Each stored file has the bytes that its name promises."""
    for stored in StoredFile.objects.order_by("id").iterator(chunk_size=500):
        try:
            content = read_file(stored)
        except FileNotFoundError:
            yield f"file {stored.public_id} ({stored.name}): its bytes are missing"
            continue
        if hashlib.sha256(content).hexdigest() != stored.sha256:
            yield f"file {stored.public_id} ({stored.name}): its bytes have changed"


def _orphans() -> Iterator[str]:
    """Each file of the tenant's folder is known by a row."""
    known = set(StoredFile.objects.values_list("sha256", flat=True))
    root = str(current_tenant().public_id)
    for name in _names_under(root):
        if name.rsplit("/", maxsplit=1)[-1] not in known:
            yield f"{name} belongs to no row"


def _names_under(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from _names_under(f"{folder}/{inner}")


def _tables_without_wall() -> Iterator[str]:
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantOwned)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
            " WHERE relrowsecurity"
            " AND pg_get_expr(polqual, polrelid) = '(tenant_id = app_tenant())'"
            " AND pg_get_expr(polwithcheck, polrelid) = '(tenant_id = app_tenant())'"
        )
        walled = {name for (name,) in cursor.fetchall()}
    for table in sorted(tables - walled):
        yield f"table {table} has no row-level security"


def _sum_of(rows: QuerySet[Model], by: str) -> Coalesce:
    total = rows.order_by().values(by).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=MONEY), ZERO, output_field=MONEY)


TENANT_CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "receivables": _receivables,
    "plans": _plans,
    "payments": _payments,
    "numbers": _numbers,
    "movements": _movements,
    "files": _files,
    "orphans": _orphans,
}
