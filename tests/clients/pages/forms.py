"""Addresses of a client's pages, and what the form sends."""

import datetime as dt

NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)


LIST = "/t/acme/clients/"


def url(client_row, tail=""):
    return f"{LIST}{client_row.public_id}/{tail}"


def form(**changed):
    fields = {
        "kind": "BUSINESS",
        "name": "Atelier Morel",
        "country": "FR",
        "person-role": "BILLING",
    }
    return {**fields, **changed}
