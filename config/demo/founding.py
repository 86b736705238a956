"""A demo business, its people and its clients, before anything happens."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings

from clients.models import Client
from clients.services import add_person, create_client
from config.demo.logo import draw_logo
from config.demo.people import ACCOUNTANT, ACCOUNTANT_NAME, PASSWORD
from config.demo.story import Debtor, Story
from dunning.models import Policy
from dunning.services import approve_ladder, set_preferences
from invoices.models import Series
from invoices.numbering import start_series_at
from payments.accounts import connect_sandbox
from tenants import clock
from tenants.files import store_file
from tenants.models import Business, Membership, Role, Tenant, User
from tenants.scope import tenant_atomic, use_tenant
from tenants.services import create_business, go_live

CLIENT_COLUMNS = ("kind", "name", "siren", "address", "postcode", "city")


def found_business(story: Story, *, now: dt.datetime) -> tuple[Tenant, User]:
    """The tenant, its owner and the accountant of all, who can sign in at once."""
    owner = _person(story.owner, story.owner_name)
    tenant = create_business(user=owner, name=story.name, now=now, language="fr", facts=story.facts)
    accountant = _person(ACCOUNTANT, ACCOUNTANT_NAME)
    Membership.objects.create(user=accountant, tenant=tenant, role=Role.ACCOUNTANT)
    tenant.color, tenant.is_demo = story.color, True
    tenant.save(update_fields=["color", "is_demo"])
    with use_tenant(tenant), tenant_atomic():
        logo = store_file(
            content=draw_logo(story.color, story.mark), name="logo.png", media_type="image/png"
        )
        Business.objects.update(logo=logo, legal_name=story.legal_name)
        pattern, first = story.numbers
        start_series_at(
            kind=Series.Kind.INVOICE, year=now.year, pattern=pattern, first_number=first
        )
        if settings.DEMO:
            connect_sandbox(user=owner, now=now)
        # with a mail server TEST mode stays: nothing may leave for invented people
        if story.is_live and not settings.MAIL_IS_SET:
            go_live(tenant=tenant, user=owner, now=now)
    tenant.refresh_from_db()
    return tenant, owner


def add_clients(story: Story, *, owner: User, now: dt.datetime) -> dict[str, Client]:
    """The clients with the people to write to, their ladders chosen and approved."""
    found = {}
    for debtor in story.debtors:
        client = found[debtor.key] = _client(debtor, owner, now)
        choose_ladder(debtor, client, owner, now)
        approve_ladder(
            client=client,
            user=owner,
            today=clock.local(now).date(),
            now=now,
            firm_steps_alone=debtor.firm_steps_alone,
        )
    return found


def choose_ladder(debtor: Debtor, client: Client, owner: User, now: dt.datetime) -> None:
    """Another ladder than the standard one, where the story wants it."""
    if not debtor.ladder:
        return
    set_preferences(
        client=client,
        user=owner,
        today=clock.local(now).date(),
        now=now,
        no_pre_due=False,
        first_word_after_days=0,
        never_remind=False,
        policy=Policy.objects.filter(key=debtor.ladder).latest("version"),
    )


def facts_of(debtor: Debtor) -> dict[str, Any]:
    return {**{column: getattr(debtor, column) for column in CLIENT_COLUMNS}, "language": "fr"}


def _client(debtor: Debtor, owner: User, now: dt.datetime) -> Client:
    client = create_client(facts=facts_of(debtor), user=owner, now=now)
    person = {"role": "BILLING", "name": debtor.contact, "email": debtor.email}
    add_person(client=client, facts={**person, "phone": debtor.phone}, user=owner, now=now)
    return client


def _person(email: str, name: str) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, language="fr")
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user
