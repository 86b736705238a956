"""`manage.py verify` finds what somebody tampered with."""

import io
import json
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from config.verifying import verify_database, verify_tenant
from invoices.models import Receivable, Series
from payments.models import Allocation, Payment
from tenants.files import store_file
from tenants.scope import tenant_atomic
from tests.factories.clients import make_client
from tests.factories.payments import make_receivable, pay_by_hand


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def paid():
    with tenant_atomic():
        client = make_client()
        make_receivable(client, "100.00")
        return pay_by_hand(client, "60.00")


def found(check):
    return [each.what for each in verify_tenant() if each.check == check]


def test_healthy_books_have_no_violation(as_acme):
    paid()

    assert verify_tenant() == []


def test_every_table_of_a_tenant_has_its_wall(db):
    assert verify_database() == []


def test_a_receivable_that_says_more_than_its_allocations_is_named(as_acme):
    paid()
    with tenant_atomic():
        Receivable.objects.update(allocated=Decimal("61.00"))
        public_id = Receivable.objects.get().public_id

    assert found("receivables") == [f"receivable {public_id}: allocated 61.00, rows 60.00"]


def test_a_receivable_credited_by_nothing_is_named(as_acme):
    with tenant_atomic():
        row = make_receivable()
        Receivable.objects.update(credited=Decimal("1.00"))

    assert found("receivables") == [f"receivable {row.public_id}: credited 1.00, rows 0"]


def test_a_payment_whose_allocation_vanished_is_named(as_acme):
    payment = paid()
    with tenant_atomic():
        Allocation.objects.all().delete()

    assert found("payments") == [f"payment {payment.public_id}: allocated 60.00, rows 0"]


def test_a_number_that_no_invoice_bears_is_named(as_acme):
    with tenant_atomic():
        Series.objects.create(
            kind="INVOICE", year=2026, pattern="F-{year}-{number:04d}", next_number=3
        )

    assert found("numbers") == ["series INVOICE 2026: missing [1, 2]"]


def test_a_movement_changed_behind_the_trigger_is_named(as_acme):
    from payments.chain import broken_links
    from payments.models import Movement

    paid()
    with tenant_atomic():
        chain = Movement.objects.values().get()
        chain.pop("id")
        chain.update(sequence=2, external_id="inserted", public_id="0" * 32, hash="f" * 64)
        Movement.objects.create(**chain)
        assert broken_links() == [2]

    assert found("movements") == ["movement 2 does not follow from the one before it"]


def test_bytes_that_changed_and_bytes_that_are_missing_are_named(as_acme):
    with tenant_atomic():
        changed = store_file(content=b"one", name="one.pdf", media_type="application/pdf")
        missing = store_file(content=b"two", name="two.pdf", media_type="application/pdf")
    _replace(changed, b"other")
    default_storage.delete(_path(missing))

    assert found("files") == [
        f"file {changed.public_id} (one.pdf): its bytes have changed",
        f"file {missing.public_id} (two.pdf): its bytes are missing",
    ]


def test_a_file_that_no_row_knows_is_named(as_acme):
    name = default_storage.save(f"{as_acme.public_id}/ab/{'ab' * 32}", ContentFile(b"x"))

    assert found("orphans") == [f"{name} belongs to no row"]


def test_the_command_is_silent_about_others_and_fails_on_a_violation(as_acme, globex):
    paid()
    with tenant_atomic():
        Payment.objects.update(allocated=Decimal("59.00"))
    out = io.StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("verify", json=True, stdout=out)

    facts = json.loads(out.getvalue())
    assert stopped.value.code == 1
    assert (facts["tenants"], [v["tenant"] for v in facts["violations"]]) == (2, ["acme"])


def test_the_command_says_that_all_is_well(acme):
    out = io.StringIO()

    call_command("verify", tenant="acme", stdout=out)

    assert out.getvalue() == "1 businesses checked, 0 violations.\n"


def test_an_unknown_business_is_refused(db):
    with pytest.raises(CommandError):
        call_command("verify", tenant="nobody")


def _path(stored):
    from tenants.files import _path as path_of

    return path_of(stored.sha256)


def _replace(stored, content):
    default_storage.delete(_path(stored))
    default_storage.save(_path(stored), ContentFile(content))
