"""Links to pay pages, and reading what they answer."""

import datetime as dt

from django.urls import reverse

from payments.links import link_token
from tenants.clock import now
from tenants.scope import tenant_atomic
from tests.factories.payments import link_for, make_receivable


def today():
    return now().date()


def link_on(amount="120.00", *, days=5, **fields):
    with tenant_atomic():
        due = today() + dt.timedelta(days=days)
        return link_for(make_receivable(amount=amount, due_on=due), now=now(), **fields)


def url(link, name="link"):
    return reverse(f"portal:{name}", args=[link_token(link)])


def page(client, link, **kwargs):
    return client.get(url(link), **kwargs)


def text(response):
    return response.content.decode().replace("\u00a0", " ")
