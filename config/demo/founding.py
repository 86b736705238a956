"""The demo's people, business and clients, before anything happens."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.conf import settings

from clients.models import Client
from clients.services import add_person, create_client
from config.demo import people
from config.demo.logo import draw_logo
from dunning.services import approve_ladder
from tenants import clock
from tenants.files import store_file
from tenants.models import Business, Membership, Role, Tenant, User
from tenants.scope import tenant_atomic, use_tenant
from tenants.services import create_business, go_live


def found_business(*, now: dt.datetime) -> tuple[Tenant, User]:
    """The tenant, its owner and its accountant, who can sign in at once."""
    owner = _person(people.OWNER, "Claire Morel")
    tenant = create_business(
        user=owner, name=people.BUSINESS_NAME, now=now, language="fr", facts=people.BUSINESS
    )
    Membership.objects.create(
        user=_person(people.ACCOUNTANT, "Paul Lemoine"), tenant=tenant, role=Role.ACCOUNTANT
    )
    tenant.color, tenant.is_demo = people.COLOR, True
    tenant.save(update_fields=["color", "is_demo"])
    with use_tenant(tenant), tenant_atomic():
        logo = store_file(content=draw_logo(people.COLOR), name="logo.png", media_type="image/png")
        Business.objects.update(logo=logo, legal_name="Atelier Morel")
        if not settings.MAIL_IS_SET:  # else TEST mode: nothing may leave for invented people
            go_live(tenant=tenant, user=owner, now=now)
    tenant.refresh_from_db()
    return tenant, owner


def add_clients(*, owner: User, now: dt.datetime) -> dict[str, Client]:
    """The fourteen clients, their ladders approved."""
    return {debtor.key: _client(debtor, owner, now) for debtor in people.DEBTORS}


def _client(debtor: people.Debtor, owner: User, now: dt.datetime) -> Client:
    columns = ("kind", "name", "siren", "address", "postcode", "city")
    facts = {column: getattr(debtor, column) for column in columns}
    client = create_client(facts={**facts, "language": "fr"}, user=owner, now=now)
    person = {"role": "BILLING", "name": debtor.contact, "email": debtor.email}
    add_person(client=client, facts={**person, "phone": debtor.phone}, user=owner, now=now)
    approve_ladder(
        client=client,
        user=owner,
        today=clock.local(now).date(),
        now=now,
        firm_steps_alone=debtor.firm_steps_alone,
    )
    return client


def _person(email: str, name: str) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, people.PASSWORD, name=name, language="fr")
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user
