"""Many rows of one model in one statement, without building a model instance for each."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from tenants.scope import scoped_tenant_id


def insert_rows(model: type[models.Model], columns: Mapping[str, Sequence[Any]]) -> list[int]:
    """Insert rows of the current tenant, given column by column; their ids, in order.

    A column that is not given has the default of its field in every row: what Django would write,
    except that random ids and moments of creation come from PostgreSQL. For owned models only.
    """
    statement, constants, encoders = _statement(model, tuple(columns))
    if not any(columns.values()):
        return []
    given = [
        list(values) if encode is None else [json.dumps(value, cls=encode) for value in values]
        for values, encode in zip(columns.values(), encoders, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [scoped_tenant_id(), *constants, *given])
        return [pk for (pk,) in cursor.fetchall()]


@cache
def _statement(
    model: type[models.Model], given: tuple[str, ...]
) -> tuple[str, list[Any], list[type[json.JSONEncoder] | None]]:
    """The INSERT for these columns, its constant parameters, and how JSON columns are written."""
    fields: dict[str, models.Field[Any, Any]] = {
        field.attname: field for field in model._meta.local_concrete_fields
    }
    names, values, constants = ["tenant_id"], ["%s"], []
    for attname, field in fields.items():
        if attname in given or attname == "tenant_id" or field.primary_key or field.generated:
            continue
        value, constant = _default(field)
        if value:
            names.append(field.column)
            values.append(value)
            constants += constant
    arrays = [f"%s::{_type_of(fields[name])}[]" for name in given]
    quote = connection.ops.quote_name
    rows = ", ".join(f"u.{quote(name)}" for name in given)
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)}"  # noqa: S608 -- names, quoted; no value
        f" ({', '.join(map(quote, [*names, *(fields[name].column for name in given)]))})"
        f" SELECT {', '.join(values)}, {rows}"
        f" FROM unnest({', '.join(arrays)}) AS u({', '.join(map(quote, given))})"
        " RETURNING id"
    )
    return statement, constants, [_encoder(fields[name]) for name in given]


def _default(field: models.Field[Any, Any]) -> tuple[str, list[Any]]:
    """The default of a field as SQL with its parameters; empty if there is none."""
    if getattr(field, "auto_now_add", False):
        return "statement_timestamp()", []
    if field.default is uuid.uuid4:
        return "gen_random_uuid()", []
    value = field.get_default()
    if value is None:
        return "", []
    return f"%s::{_type_of(field)}", [field.get_db_prep_save(value, connection)]


def _type_of(field: models.Field[Any, Any]) -> str:
    """The type of a column without its length: a cast to one would cut what is too long."""
    return str(field.db_type(connection)).partition("(")[0]


def _encoder(field: models.Field[Any, Any]) -> type[json.JSONEncoder] | None:
    return (field.encoder or json.JSONEncoder) if isinstance(field, models.JSONField) else None
