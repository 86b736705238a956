"""Who works in a business: invited, admitted, given another role, sent away."""

import datetime as dt
import re

import pytest
from django.core import mail

from tenants.clock import now
from tenants.models import AuditEntry, Door, Invitation, Membership, Role
from tests.conftest import make_user

TEAM = "/t/acme/settings/team/"


@pytest.fixture
def invited(sign_in, owner, settings, django_capture_on_commit_callbacks):
    """`invited(email, role)` sends an invitation as the owner and reads its key in the mail."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def invite(email="nina@acme.example", role="MEMBER"):
        browser = sign_in(owner)
        with django_capture_on_commit_callbacks(execute=True):
            response = browser.post(f"{TEAM}invite/", {"email": email, "role": role})
        assert response.status_code == 302
        return re.search(r"/invitations/([\w-]+)/", mail.outbox[-1].body)[1]

    return invite


def roles_of(tenant):
    return dict(Membership.objects.filter(tenant=tenant).values_list("user__email", "role"))


FROM_TEAM = {"referer": f"http://testserver{TEAM}"}


def sentences_of(response):
    return [str(message) for message in response.context["messages"]]


def test_an_invitation_is_mailed_read_and_accepted(invited, sign_in, acme):
    key = invited(role="ACCOUNTANT")
    nina = make_user("nina@acme.example", None, None)
    browser = sign_in(nina)

    page = browser.get(f"/invitations/{key}/")
    answer = browser.post(f"/invitations/{key}/accept/")

    assert page.status_code == 200
    assert (answer.status_code, answer.url) == (302, "/t/acme/")
    assert roles_of(acme)["nina@acme.example"] == Role.ACCOUNTANT


def test_the_key_is_in_the_mail_and_nowhere_else(invited, inside):
    key = invited()

    door = Door.objects.get(kind=Door.Kind.INVITATION)
    assert key.encode() not in bytes(door.key_sha256)
    trail = inside(lambda: list(AuditEntry.objects.values_list("after", flat=True)))
    assert key not in str(trail)


def test_an_accepted_invitation_opens_nothing_any_more(invited, sign_in):
    key = invited()
    browser = sign_in(make_user("nina@acme.example", None, None))
    browser.post(f"/invitations/{key}/accept/")

    assert browser.get(f"/invitations/{key}/").status_code == 404
    assert browser.post(f"/invitations/{key}/accept/").status_code == 404


def test_an_invitation_is_for_the_address_it_was_sent_to(invited, sign_in, acme):
    key = invited()
    browser = sign_in(make_user("thief@elsewhere.example", None, None))

    page = {"referer": f"http://testserver/invitations/{key}/"}
    browser.post(f"/invitations/{key}/accept/", headers=page)
    response = browser.get("/businesses/new/")

    assert sentences_of(response) == [
        "This invitation is for nina@acme.example: sign in with that address."
    ]
    assert "thief@elsewhere.example" not in roles_of(acme)
    assert Invitation.objects.get().accepted_at is None


def test_an_expired_invitation_says_so_and_admits_nobody(invited, sign_in, acme):
    key = invited()
    Door.objects.update(expires_at=now() - dt.timedelta(minutes=1))
    browser = sign_in(make_user("nina@acme.example", None, None))

    page = browser.get(f"/invitations/{key}/")
    browser.post(f"/invitations/{key}/accept/")

    assert "no longer valid" in page.content.decode()
    assert "nina@acme.example" not in roles_of(acme)


def test_an_invitation_is_valid_for_two_weeks(invited):
    invited()

    door = Door.objects.get(kind=Door.Kind.INVITATION)
    assert round((door.expires_at - now()) / dt.timedelta(days=1)) == 14


def test_a_member_is_not_invited_twice(invited, sign_in, owner, member):
    browser = sign_in(owner)

    response = browser.post(
        f"{TEAM}invite/",
        {"email": " MEMBER@acme.example ", "role": "MEMBER"},
        follow=True,
        headers=FROM_TEAM,
    )

    assert sentences_of(response) == ["This person is in your team already."]
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    "data",
    [
        {"email": "nonsense", "role": "MEMBER"},
        {"email": "", "role": "MEMBER"},
        {"email": "nina@acme.example", "role": "KING"},
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(sign_in, owner, data):
    sign_in(owner).post(f"{TEAM}invite/", data)

    assert Invitation.objects.count() == 0


def change(browser, user, role):
    member = Membership.objects.get(user=user)
    return browser.post(
        f"{TEAM}{member.public_id}/role/", {"role": role}, follow=True, headers=FROM_TEAM
    )


def test_a_role_is_changed_and_the_change_is_on_record(sign_in, owner, member, acme, inside):
    change(sign_in(owner), member, "ACCOUNTANT")

    assert roles_of(acme)["member@acme.example"] == Role.ACCOUNTANT
    entry = inside(lambda: AuditEntry.objects.get(act="change_role"))
    assert (entry.before, entry.after) == (
        {"email": "member@acme.example", "role": "MEMBER"},
        {"role": "ACCOUNTANT"},
    )


def test_a_role_that_does_not_exist_changes_nothing(sign_in, owner, member, acme):
    change(sign_in(owner), member, "KING")

    assert roles_of(acme)["member@acme.example"] == Role.MEMBER


def test_the_last_owner_keeps_the_role(sign_in, owner, acme):
    response = change(sign_in(owner), owner, "MEMBER")

    assert sentences_of(response) == ["A business needs at least one owner."]
    assert roles_of(acme)["owner@acme.example"] == Role.OWNER


def test_the_last_owner_cannot_leave(sign_in, owner, acme):
    membership = Membership.objects.get(user=owner)

    response = sign_in(owner).post(
        f"{TEAM}{membership.public_id}/remove/", follow=True, headers=FROM_TEAM
    )

    assert sentences_of(response) == ["A business needs at least one owner."]
    assert "owner@acme.example" in roles_of(acme)


def test_with_a_second_owner_the_first_may_leave(sign_in, owner, acme):
    make_user("second@acme.example", acme, Role.OWNER)
    membership = Membership.objects.get(user=owner)

    sign_in(owner).post(f"{TEAM}{membership.public_id}/remove/")

    assert roles_of(acme) == {"second@acme.example": Role.OWNER}


def test_who_was_removed_finds_nothing_at_the_next_click(client, sign_in, owner, member):
    sign_in(owner).post(f"{TEAM}{Membership.objects.get(user=member).public_id}/remove/")

    assert sign_in(member).get("/t/acme/").status_code == 404


def test_a_member_of_another_business_is_nobody_here(sign_in, owner, stranger, globex):
    theirs = Membership.objects.get(user=stranger).public_id
    browser = sign_in(owner)

    changed = browser.post(f"{TEAM}{theirs}/role/", {"role": "ACCOUNTANT"})
    removed = browser.post(f"{TEAM}{theirs}/remove/")

    assert (changed.status_code, removed.status_code) == (404, 404)
    assert roles_of(globex) == {"stranger@globex.example": Role.OWNER}


def test_invitations_of_another_business_are_not_shown(sign_in, invited, stranger):
    invited()

    page = sign_in(stranger).get("/t/globex/settings/team/")

    assert "nina@acme.example" not in page.content.decode()
