"""What a browser story reads, and what it waits for."""

import time

import pytest

from payments.models import Payment
from tenants.scope import tenant_atomic, use_tenant

PATIENCE = 20  # seconds


def words(page):
    """The text of a page's main part, its spaces plain."""
    text = page.locator("main").inner_text().replace("\xa0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def wait_until_paid(tenant):
    """Until the first payment is booked."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with use_tenant(tenant), tenant_atomic():
            if Payment.objects.exists():
                return
        time.sleep(0.2)
    pytest.fail("the payment was not booked")
