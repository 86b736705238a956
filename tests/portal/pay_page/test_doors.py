"""The client's three doors beside the payment."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clients.models import Attachment, Message
from dunning.models import Case, Dispute, Promise
from payments.links import link_token
from tenants.files import read_file
from tenants.scope import tenant_atomic
from tests.factories.dunning import debtor, late_case
from tests.factories.payments import link_for
from tests.portal.pay_page.visiting import text, today

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00"
    b"IEND\xaeB`\x82"
)


@pytest.fixture
def late(shop):
    """A late invoice and the link to it."""
    with tenant_atomic():
        case = late_case(debtor())
        return case, link_for(case.receivable)


def door(link, name):
    return reverse(f"portal:{name}", args=[link_token(link)])


def sent(**fields):
    return {"key": str(uuid.uuid4()), **fields}


def test_the_pay_page_leads_to_the_three_doors(client, late):
    _case, link = late

    page = text(client.get(reverse("portal:link", args=[link_token(link)])))

    assert [name for name in ("paid", "later", "problem") if door(link, name) in page] == [
        "paid",
        "later",
        "problem",
    ]


@pytest.mark.parametrize("name", ["paid", "later", "problem"])
def test_opening_a_door_changes_nothing(client, late, name):
    _case, link = late

    assert client.get(door(link, name)).status_code == 200
    with tenant_atomic():
        assert not Message.objects.exists()


def test_already_paid_holds_the_case_and_keeps_the_proof(client, late):
    case, link = late
    proof = SimpleUploadedFile("../../virement.exe.png", PNG, content_type="text/html")

    answer = client.post(
        door(link, "paid"), sent(paid_on=today().isoformat(), means="TRANSFER", proof=proof)
    )

    with tenant_atomic():
        kept = Attachment.objects.select_related("file").get()
        assert (kept.name, kept.file.media_type) == (f"{today()}-client.png", "image/png")
        assert read_file(kept.file) == PNG
        assert Case.objects.get(pk=case.pk).silence == "SAYS_PAID"
    assert answer.url == reverse("portal:link", args=[link_token(link)])


def test_the_page_says_what_was_answered(client, late):
    _case, link = late
    client.post(door(link, "paid"), sent(paid_on=today().isoformat(), means="TRANSFER"))

    page = text(client.get(reverse("portal:link", args=[link_token(link)])))

    assert "You told us that you have paid" in page


def test_a_day_is_named(client, late):
    _case, link = late
    day = today() + dt.timedelta(days=7)

    client.post(door(link, "later"), sent(promised_for=day.isoformat(), note="après la paie"))

    with tenant_atomic():
        assert Promise.objects.get().promised_for == day
        assert Message.objects.get().body_text == "après la paie"


def test_a_promise_ten_years_away_is_refused_and_what_was_typed_stays(client, late):
    _case, link = late
    day = today() + dt.timedelta(days=3650)

    answer = client.post(door(link, "later"), sent(promised_for=day.isoformat(), note="un jour"))

    assert answer.status_code == 422
    assert "Choose a day until" in text(answer)
    assert "un jour" in text(answer)
    with tenant_atomic():
        assert not Promise.objects.exists()


def test_a_problem_is_told(client, late):
    _case, link = late

    client.post(door(link, "problem"), sent(text="Il manque une porte."))

    with tenant_atomic():
        assert Dispute.objects.get().text == "Il manque une porte."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("facture.pdf", b"MZ\x90\x00 this program cannot be run"),
        ("photo.png", b"<svg onload='alert(1)'></svg>"),
        ("photo.png", PNG[:30]),
        ("vide.png", b""),
        ("grand.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024)),
    ],
)
def test_a_proof_that_is_a_program_is_refused(client, late, name, content):
    _case, link = late
    proof = SimpleUploadedFile(name, content, content_type="application/pdf")

    answer = client.post(
        door(link, "paid"), sent(paid_on=today().isoformat(), means="TRANSFER", proof=proof)
    )

    assert answer.status_code == 422
    with tenant_atomic():
        assert not Message.objects.exists()


def test_the_same_form_sent_twice_is_one_answer(client, late):
    _case, link = late
    form = sent(text="Il manque une porte.")

    codes = [client.post(door(link, "problem"), form).status_code for _ in range(2)]

    with tenant_atomic():
        assert (codes, Message.objects.count()) == ([302, 302], 1)


def test_answers_are_slowed_down(client, late):
    _case, link = late

    codes = [
        client.post(door(link, "problem"), sent(text=f"Et {count}.")).status_code
        for count in range(12)
    ]

    assert codes == [302] * 10 + [422] * 2


@pytest.mark.parametrize("name", ["paid", "later", "problem"])
def test_an_unknown_link_has_no_doors(client, shop, name):
    assert client.get(reverse(f"portal:{name}", args=["x" * 43])).status_code == 404
