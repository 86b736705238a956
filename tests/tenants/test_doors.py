"""What arrives without a session finds its tenant by a key, or finds nothing."""

import datetime as dt
import uuid

import pytest
from django.http import Http404

from tenants.clock import now
from tenants.doors import find_door, key_hash, make_door, revoke_doors
from tenants.models import Door

KIND = Door.Kind.INVITATION
LATER = dt.timedelta(days=1)


@pytest.fixture
def door(as_acme):
    return make_door(kind=KIND, key="k-1", target=uuid.uuid4(), expires_at=now() + LATER)


def test_a_key_leads_to_its_tenant_and_target(door, acme):
    found = find_door(kind=KIND, key="k-1")

    assert (found.tenant, found.target) == (acme, door.target)


def test_only_the_hash_of_a_key_is_stored(door):
    assert bytes(Door.objects.get().key_sha256) == key_hash("k-1")
    assert b"k-1" not in bytes(Door.objects.get().key_sha256)


@pytest.mark.parametrize(
    ("kind", "key"), [(KIND, "k-2"), (KIND, ""), (KIND, "K-1"), (Door.Kind.WEBHOOK, "k-1")]
)
def test_an_unknown_key_and_a_key_of_another_kind_lead_nowhere(door, kind, key):
    with pytest.raises(Http404):
        find_door(kind=kind, key=key)


def test_an_expired_door_is_found_and_says_that_it_is(door):
    found = find_door(kind=KIND, key="k-1")

    assert (found.is_expired(now()), found.is_expired(now() + 2 * LATER)) == (False, True)


def test_a_door_without_an_end_does_not_expire(as_acme):
    made = make_door(kind=KIND, key="k-1", target=uuid.uuid4(), expires_at=None)

    assert made.is_expired(now() + dt.timedelta(days=36500)) is False


def test_a_revoked_door_leads_nowhere(door):
    assert revoke_doors(targets=[door.target], now=now()) == 1

    with pytest.raises(Http404):
        find_door(kind=KIND, key="k-1")


def test_nobody_closes_a_door_of_another_tenant(door, globex):
    # leaving the identity of acme first would be the only way to be globex
    target = door.target
    Door.objects.update(tenant=globex)

    assert revoke_doors(targets=[target], now=now()) == 0
    assert find_door(kind=KIND, key="k-1").tenant == globex


def test_the_same_key_cannot_open_two_doors(door, globex):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        make_door(kind=KIND, key="k-1", target=uuid.uuid4(), expires_at=None)
    assert Door.objects.count() == 1
