"""Many rows of one model in one statement, without building a model instance for each."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id


def insert_rows(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, ignore_conflicts: bool = False
) -> list[int]:
    """Insert rows of the current tenant, all with the same columns; their ids, in order.

    With `ignore_conflicts` a row whose unique key is taken is left out.

    A column that is not given has the default of its field in every row: what Django would write,
    except that random ids and moments of creation come from PostgreSQL. For owned models only.
    """
    if not rows:
        return []
    statement, constants = _statement(model, tuple(rows[0]), ignore_conflicts=ignore_conflicts)
    given = [scoped_tenant_id(), *constants, as_json(rows)]
    return [pk for (pk,) in fetch_prepared(statement, given)]


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as one parameter, for `jsonb_to_recordset`; it is far cheaper than a list per column."""
    return json.dumps(rows, cls=_Encoder)


class _Encoder(DjangoJSONEncoder):
    """Django's own cuts moments to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, dt.datetime) else super().default(o)


@cache
def _statement(
    model: type[models.Model], given: tuple[str, ...], *, ignore_conflicts: bool
) -> tuple[str, list[Any]]:
    """The INSERT for these columns (named as attributes), and its constant parameters."""
    fields: dict[str, models.Field[Any, Any]] = {
        field.attname: field for field in model._meta.local_concrete_fields
    }
    quote = connection.ops.quote_name
    columns, values, constants = ["tenant_id"], ["%s::bigint"], []
    for attname, field in fields.items():
        if attname in given or attname == "tenant_id" or field.primary_key or field.generated:
            continue
        value, constant = _default(field)
        if value:
            columns.append(field.column)
            values.append(value)
            constants += constant
    columns += [fields[name].column for name in given]
    values += [f"u.{quote(name)}" for name in given]
    record = ", ".join(f"{quote(name)} {type_of(fields[name])}" for name in given)
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)}"  # noqa: S608 -- names, quoted; no value
        f" ({', '.join(map(quote, columns))}) SELECT {', '.join(values)}"
        f" FROM jsonb_to_recordset(%s::jsonb) AS u({record})"
        f"{' ON CONFLICT DO NOTHING' if ignore_conflicts else ''} RETURNING id"
    )
    return statement, constants


def _default(field: models.Field[Any, Any]) -> tuple[str, list[Any]]:
    """The default of a field as SQL with its parameters; empty if there is none."""
    if getattr(field, "auto_now_add", False):
        return "statement_timestamp()", []
    if field.default is uuid.uuid4:
        return "gen_random_uuid()", []
    value = field.get_default()
    if value is None:
        return "", []
    return f"%s::{type_of(field)}", [field.get_db_prep_save(value, connection)]


def type_of(field: models.Field[Any, Any]) -> str:
    """The type of a column without its length: a cast to one would cut what is too long."""
    return str(field.db_type(connection)).partition("(")[0]
