"""Reading what was frozen, and a day."""

import datetime as dt

ONE_DAY = dt.timedelta(days=1)


def mentions_of(invoice):
    return {row["key"]: row["text"].replace("\u00a0", " ") for row in invoice.mentions}
