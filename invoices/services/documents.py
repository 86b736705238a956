"""The habits that new documents begin with, and the logo they bear."""

from __future__ import annotations

import datetime as dt

from invoices.documents.accent import normalise_logo
from tenants.files import store_file
from tenants.models import Business, User
from tenants.scope import tenant_atomic
from tenants.services import update_business


@tenant_atomic()
def update_documents(
    *, terms: str, operation: str, logo: bytes | None, user: User, now: dt.datetime
) -> Business:
    """Change the usual terms and operation, and the logo when one is given.

    What was issued keeps the logo it was issued with.

    Raises:
        UnreadableLogo: the file is no image that can be printed.
    """
    changes: dict[str, object] = {"default_terms": terms, "default_operation": operation}
    business = Business.objects.get()
    update_business(business=business, changes=changes, user=user, now=now)
    return business if logo is None else update_logo(logo=logo)


@tenant_atomic()
def update_logo(*, logo: bytes) -> Business:
    """Put this logo on the documents to come.

    Raises:
        UnreadableLogo: the file is no image that can be printed.
    """
    png = normalise_logo(logo)
    business = Business.objects.get()
    business.logo = store_file(content=png, name="logo.png", media_type="image/png")
    business.save(update_fields=["logo"])
    return business
