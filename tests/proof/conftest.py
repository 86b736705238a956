"""A live tenant with many reminders due, written by SQL."""

import os

import psycopg
import pytest

from bench.books import Shape, write_book
from bench.rows import Filler
from tenants.models import Tenant
from tests.fakes.smtp import smtp_sink  # noqa: F401 -- a fixture


@pytest.fixture
def book(transactional_db):
    """Write `tenants` live tenants, each with so many clients of whom each owes one invoice."""

    def write(*, due, tenants=1):
        url = os.environ["DATABASE_OWNER_URL"].replace("//app_owner@", "//postgres@")
        with psycopg.connect(url, autocommit=True) as connection:
            write_book(Filler(connection), Shape(tenants, due, due))
        return list(Tenant.objects.order_by("pk"))

    return write
