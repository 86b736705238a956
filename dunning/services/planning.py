"""The owner's yes to a whole plan: many clients' ladders at once, and their first days."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from clients.models import Client
from clients.services import update_client
from dunning.cases import decide_clients_anew, give_profiles
from dunning.first_wave import write_first_days
from dunning.models import Profile
from dunning.services.approving import is_kind_guessed
from tenants.bulk import insert_rows
from tenants.models import AuditEntry, User
from tenants.scope import tenant_atomic


@tenant_atomic()
def approve_plan(
    *,
    client_ids: Collection[int],
    kinds: Mapping[int, str],
    user: User | None,
    today: dt.date,
    now: dt.datetime,
    firm_steps_alone: bool = False,
    key: uuid.UUID | None = None,
) -> int:
    """Agree to the dated ladders of these clients, as `approve_ladder` does for one.

    The first wave of old debts is laid over the days from the next business day on. `kinds` is
    what the owner says that clients are (by id): one whose kind is guessed, and who is not in it,
    is left out. Returns how many were agreed to. `undo_plan` takes back what was agreed with
    `key`.
    """
    clients = Client.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=client_ids, dunning_profiles__approved_at=None
    )
    agreed = [
        client
        for client in clients.order_by("pk")
        if client.pk in kinds or not is_kind_guessed(client)
    ]
    for client in agreed:
        if (kind := kinds.get(client.pk)) and kind != client.kind:
            update_client(client=client, facts={"kind": kind}, user=user, now=now)
    ids = {client.pk for client in agreed}
    write_first_days(today=today, client_ids=ids)  # before the yes: who has said it keeps his day
    _agree(agreed, user, now, firm_steps_alone=firm_steps_alone, key=key)
    decide_clients_anew(ids, today=today)
    return len(agreed)


def _agree(
    clients: Collection[Client],
    user: User | None,
    now: dt.datetime,
    *,
    firm_steps_alone: bool,
    key: uuid.UUID | None,
) -> None:
    ids = [client.pk for client in clients]
    give_profiles(ids)
    Profile.objects.filter(client_id__in=ids).update(
        approved_at=now, approved_by=user, firm_steps_alone=firm_steps_alone, agreed_with=key
    )
    insert_rows(
        AuditEntry,
        [
            {
                "at": now,
                "user_id": user.pk if user else None,
                "actor": "USER" if user else "SYSTEM",
                "act": "approve_ladder",
                "subject": Client._meta.label,
                "subject_id": client.public_id,
                "after": {"firm_steps_alone": firm_steps_alone},
            }
            for client in clients
        ],
    )
