"""Payment terms as they are stored: a short code for `invoices.terms.Terms`."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from invoices.terms import Reading, Terms, TermsKind, TermsNotLawful

CHOICES = [
    ("ON_RECEIPT", _("On receipt")),
    ("NET_15", _("15 days")),
    ("NET_30", _("30 days")),
    ("NET_45", _("45 days")),
    ("NET_60", _("60 days")),
    ("EOM_45_A", _("45 days, then end of month")),
    ("EOM_45_B", _("End of month, then 45 days")),
    ("FIXED", _("On a date")),
]
# What may be usual: a date is agreed for one invoice.
USUAL = [choice for choice in CHOICES if choice[0] != "FIXED"]
_CODE = re.compile(r"(?:NET_(?P<net>\d{1,3})|EOM_(?P<eom>\d{1,3})_(?P<reading>[AB]))")


def terms_of(code: str) -> Terms:
    """Read a stored code; the date of FIXED terms is the invoice's own due date.

    Raises:
        TermsNotLawful: no such terms.
    """
    if code in {"ON_RECEIPT", "FIXED"}:
        return Terms(TermsKind.ON_RECEIPT)
    found = _CODE.fullmatch(code)
    if found is None:
        raise TermsNotLawful(_("Unknown payment terms: %(code)s."), code=code)
    if found["net"]:
        return Terms(TermsKind.NET_DAYS, int(found["net"]))
    return Terms(TermsKind.END_OF_MONTH, int(found["eom"]), Reading(found["reading"]))
