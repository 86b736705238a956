"""Books of any size, written by SQL: tenants, clients, invoices and cases under dunning."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bench.rows import Filler
from clients.models import Client, Message, Person
from dunning.ladders import STANDARD
from dunning.models import Case, Policy, Profile, Reminder, Step
from invoices.models import Invoice, Receivable
from tenants.models import Business, Tenant

TODAY = dt.date(2026, 11, 20)  # a Friday
DUE_ON = dt.date(2026, 11, 18)  # two days late today
TOLD_ON = dt.date(2026, 11, 17)  # the word before the due date
INVOICES_PER_CLIENT = 5
TABLES = "tenants_tenant, clients_client, invoices_invoice, dunning_case, clients_message"


@dataclass(frozen=True, slots=True)
class Shape:
    """So many tenants, each with so many open invoices, of which so many are due today."""

    tenants: int
    open_each: int
    due_each: int

    @property
    def clients_each(self) -> int:
        return max(self.open_each // INVOICES_PER_CLIENT, self.due_each, 1)


def write_book(filler: Filler, shape: Shape) -> None:
    """Empty the tables and write a live book of this shape; ids run from 1 in every table."""
    filler.connection.execute(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE")
    _write_tenants(filler, shape)
    _write_clients(filler, shape)
    _write_invoices(filler, shape)
    _write_cases(filler, shape)
    _write_history(filler, shape)
    for model in (Tenant, Policy, Client, Invoice, Receivable, Case, Message):
        table = model._meta.db_table
        filler.connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f" (SELECT coalesce(max(id), 1) FROM {table}))"
        )
    filler.settle()


def rewind(filler: Filler) -> None:
    """Take back a run of `TODAY`, so that the same book can be measured again."""
    for statement in (
        "DELETE FROM dunning_reminder WHERE taken_on = %(today)s",
        "DELETE FROM clients_message WHERE send_on = %(today)s",
        "UPDATE dunning_case SET next_action_on = %(today)s WHERE next_step <> 'PRE_DUE'",
    ):
        filler.connection.execute(statement, {"today": TODAY})
    filler.settle()


def _write_tenants(filler: Filler, shape: Shape) -> None:
    many = f"generate_series(1, {shape.tenants}) t"
    filler.insert(
        Tenant,
        many,
        id="t",
        slug="'bench-' || t",
        name="'Atelier ' || t",
        language="'fr'",
        mode="'LIVE'",
    )
    filler.insert(
        Business,
        many,
        tenant_id="t",
        legal_name="'Atelier ' || t || ' SARL'",
        siren="'732829320'",
        vat_number="'FR44732829320'",
        address="'4 rue du Port'",
        postcode="'56100'",
        city="'Lorient'",
        email="'bonjour@atelier' || t || '.example'",
        iban="'FR7630006000011234567890189'",
    )
    filler.insert(Policy, many, id="t", tenant_id="t", key="'STANDARD'", name="'Standard'")
    for position, step in enumerate(STANDARD.steps):
        channels = ", ".join(f"'{channel}'" for channel in step.channels)
        filler.insert(
            Step,
            many,
            tenant_id="t",
            policy_id="t",
            position=str(position),
            key=f"'{step.key}'",
            offset_days=str(step.offset_days),
            gap_days=str(step.gap_days),
            severity=str(int(step.severity)),
            tone=f"'{step.tone}'",
            channels=f"ARRAY[{channels}]::varchar[]",
            contact_role=f"'{step.contact_role}'",
            needs_approval=str(step.needs_approval),
            asks_late_fees=str(step.asks_late_fees),
        )


def _write_clients(filler: Filler, shape: Shape) -> None:
    many = _each(shape.tenants, shape.clients_each)
    filler.insert(
        Client,
        many,
        id="n",
        tenant_id="t",
        name="'Client ' || k",
        number="'C' || k",
        search_key="'client ' || k",
        siren="'552100554'",
        address="'12 rue de Siam'",
        postcode="'29200'",
        city="'Brest'",
        language="'fr'",
    )
    filler.insert(
        Person,
        many,
        tenant_id="t",
        client_id="n",
        name="'Anne Morvan'",
        email="'compta' || n || '@client.example'",
        phone="'0298000000'",
    )
    filler.insert(
        Profile,
        many,
        tenant_id="t",
        client_id="n",
        policy_id="t",
        approved_at="now()",
        firm_steps_alone="true",
    )


def _write_invoices(filler: Filler, shape: Shape) -> None:
    many = _each(shape.tenants, shape.open_each)
    due_on = _due_on(shape)
    filler.insert(
        Invoice,
        many,
        id="n",
        tenant_id="t",
        client_id=_client(shape),
        state="'ISSUED'",
        number="'F-2026-' || to_char(k, 'FM000000')",
        issued_on=f"{due_on} - 30",
        due_on=due_on,
        issued_at="now()",
        total_net="1000",
        total_vat="200",
        total_gross="1200",
        search_key="'f-2026-' || to_char(k, 'FM000000') || ' client'",
    )
    filler.insert(
        Receivable,
        many,
        id="n",
        tenant_id="t",
        client_id=_client(shape),
        invoice_id="n",
        amount="1200",
        due_on=due_on,
    )


def _write_cases(filler: Filler, shape: Shape) -> None:
    due_on = _due_on(shape)
    filler.insert(
        Case,
        _each(shape.tenants, shape.open_each),
        id="n",
        tenant_id="t",
        client_id=_client(shape),
        invoice_id="n",
        receivable_id="n",
        policy_id="t",
        opened_on=f"{due_on} - 30",
        mailed_on=f"{due_on} - 30",
        next_step=f"CASE WHEN k <= {shape.due_each} THEN 'FIRST' ELSE 'PRE_DUE' END",
        next_action_on=f"CASE WHEN k <= {shape.due_each} THEN {_day(TODAY)} ELSE {due_on} - 1 END",
    )


def _write_history(filler: Filler, shape: Shape) -> None:
    """What is due today was announced before its due date."""
    if not shape.due_each:
        return
    rows = f"generate_series(1, {shape.tenants}) t, generate_series(1, {shape.due_each}) k"
    message = f"(t - 1) * {shape.due_each} + k"
    filler.insert(
        Message,
        rows,
        id=message,
        tenant_id="t",
        client_id=f"(t - 1) * {shape.clients_each} + (k - 1) % {shape.clients_each} + 1",
        kind="'PRE_DUE'",
        state="'SENT'",
        send_on=_day(TOLD_ON),
        sent_at=f"{_day(TOLD_ON)}::timestamptz",
        frozen_at=f"{_day(TOLD_ON)}::timestamptz",
    )
    filler.insert(
        Reminder,
        rows,
        tenant_id="t",
        case_id=f"(t - 1) * {shape.open_each} + k",
        message_id=message,
        step="'PRE_DUE'",
        cycle="1",
        state="'DONE'",
        taken_on=_day(TOLD_ON),
    )


def _each(tenants: int, many: int) -> str:
    """Rows with t (tenant), k (from 1 in the tenant) and n (from 1 over all)."""
    return (
        f"(SELECT t, k, (t - 1) * {many} + k AS n"
        f" FROM generate_series(1, {tenants}) t, generate_series(1, {many}) k) each"
    )


def _client(shape: Shape) -> str:
    return f"(t - 1) * {shape.clients_each} + (k - 1) % {shape.clients_each} + 1"


def _due_on(shape: Shape) -> str:
    """The due ones first; the others fall due in the two months to come."""
    return (
        f"CASE WHEN k <= {shape.due_each} THEN {_day(DUE_ON)} ELSE {_day(TODAY)} + 5 + k % 60 END"
    )


def _day(day: dt.date) -> str:
    return f"DATE '{day.isoformat()}'"
