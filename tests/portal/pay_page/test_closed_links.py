"""Links that are unknown, revoked, closed or expired, and the way to a fresh one."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from clients.models import Message
from payments.links import link_token, revoke_links
from payments.models import PayLink
from tenants.clock import now
from tenants.models import Door
from tenants.scope import tenant_atomic
from tests.portal.pay_page.visiting import link_on, page, text, today, url


def test_unknown_revoked_and_other_kinds_look_alike(client, shop):
    link = link_on()
    with tenant_atomic():
        revoke_links(links=[link], now=now())

    revoked = page(client, link)
    unknown = client.get(reverse("portal:link", args=["x" * 43]))

    assert (revoked.status_code, unknown.status_code) == (404, 404)
    masked = [re.sub(rb"[A-Za-z0-9]{64}", b"csrf", each.content) for each in (revoked, unknown)]
    assert masked[0] == masked[1]


def test_an_archived_clients_link_is_closed(client, shop):
    link = link_on()
    with tenant_atomic():
        link.client.archived_at = now()
        link.client.save()

    assert page(client, link).status_code == 404


def expire(link):
    Door.objects.filter(target=link.public_id).update(expires_at=now() - dt.timedelta(days=1))


def test_an_expired_link_names_nobody_and_offers_a_fresh_one(client, shop):
    link = link_on()
    expire(link)

    answer = page(client, link)

    assert answer.status_code == 410
    assert "120,00" not in text(answer)
    assert "Dupont" not in text(answer)


def test_a_fresh_link_goes_to_the_contact_on_file_once_a_day(client, shop):
    link = link_on()
    expire(link)

    answers = [client.post(url(link)).status_code for _ in range(3)]

    with tenant_atomic():
        message = Message.objects.get()
    assert answers == [200, 200, 200]
    assert (message.kind, message.client_id) == ("FRESH_LINK", link.client_id)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_fresh_link_is_written_with_a_placeholder(shop, language):
    from clients.kinds import kind_of
    from payments.own_kinds import mail_fresh_link

    link = link_on()
    with tenant_atomic():
        message = mail_fresh_link(link=link, language=language, today=today())
        rendered = kind_of(message.kind).render(message)
        fresh = PayLink.objects.get(message=message)

    assert f"[[pay:{fresh.public_id}]]" in rendered.text
    assert f"[[pay:{fresh.public_id}]]" in rendered.html
    assert link_token(fresh) not in rendered.text
