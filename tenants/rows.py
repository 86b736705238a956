"""Reading and writing rows of one model by statements that are composed once per process.

For what workers and issuing do thousands of times: Django takes longer to compose such a statement
than PostgreSQL to run it. Conditions are SQL, written by us; values are always parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

from tenants.bulk import as_json, insert_rows, type_of
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

M = TypeVar("M", bound=models.Model)
Converter = Callable[[Any, Any, Any], Any]


class _Shape(NamedTuple):
    """How rows of a model are read: the statement up to its condition, names, converters."""

    select: str
    names: tuple[str, ...]
    converters: tuple[tuple[int, Sequence[Converter], Any], ...]


def read_rows(model: type[M], where: str, given: Mapping[str, Any]) -> list[M]:
    """The current tenant's rows for which `where` (with its order and its lock, if any) holds.

    `given` are the values of its `%(name)s`, each with a cast; nothing else may vary in its text.
    """
    shape = _shape(model)
    rows = fetch_prepared(shape.select + where, {"tenant": scoped_tenant_id(), **given})
    return [_instance(model, shape, row) for row in rows]


def read_row(model: type[M], where: str, given: Mapping[str, Any]) -> M:
    """The one row for which `where` holds.

    Raises:
        DoesNotExist: there is none (of this tenant).
    """
    rows = read_rows(model, where, given)
    if not rows:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    return rows[0]


def insert_row(row: M) -> M:
    """Insert a row of the current tenant as `save` would, and give it its primary key."""
    insert_once(row, ignore_conflicts=False)
    return row


def insert_once(row: M, *, ignore_conflicts: bool = True) -> bool:
    """The same, unless its unique key is taken; whether it was inserted."""
    fields = row._meta.local_concrete_fields
    values = {
        field.attname: field.pre_save(row, add=True)
        for field in fields
        if not (field.primary_key or field.generated or field.attname == "tenant_id")
    }
    ids = insert_rows(type(row), [values], ignore_conflicts=ignore_conflicts)
    if not ids:
        return False
    (row.pk,) = ids
    row._state.adding = False  # noqa: SLF001 -- Django's own word for a row that is there
    row._state.db = "default"  # noqa: SLF001
    return True


def update_row(row: models.Model, names: Sequence[str]) -> None:
    """Write these fields of a row of the current tenant, by their names."""
    fields = [row._meta.get_field(name) for name in names]
    values = {field.attname: getattr(row, field.attname) for field in fields}  # type: ignore[union-attr]
    statement = _update(type(row), tuple(values))
    fetch_prepared(statement, [as_json([values]), scoped_tenant_id(), row.pk])


@cache
def _shape(model: type[models.Model]) -> _Shape:
    quote = connection.ops.quote_name
    fields = model._meta.local_concrete_fields
    table = quote(model._meta.db_table)
    columns = ", ".join(f"{table}.{quote(field.column)}" for field in fields)
    converters = []
    for place, field in enumerate(fields):
        expression = field.cached_col
        found = [
            *connection.ops.get_db_converters(expression),
            *expression.get_db_converters(connection),
        ]
        if found:
            converters.append((place, found, expression))
    return _Shape(
        select=f"SELECT {columns} FROM {table} WHERE {table}.tenant_id = %(tenant)s::bigint AND ",  # noqa: S608 -- names, quoted
        names=tuple(field.attname for field in fields),
        converters=tuple(converters),
    )


def _instance(model: type[M], shape: _Shape, row: tuple[Any, ...]) -> M:
    values = list(row)
    for place, converters, expression in shape.converters:
        for convert in converters:
            values[place] = convert(values[place], expression, connection)
    return model.from_db("default", shape.names, values)


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    sets = ", ".join(f"{quote(fields[name].column)} = u.{quote(name)}" for name in names)
    record = ", ".join(f"{quote(name)} {type_of(fields[name])}" for name in names)
    table = quote(model._meta.db_table)
    return (
        f"UPDATE {table} AS c SET {sets} FROM jsonb_to_recordset(%s::jsonb) AS u({record})"  # noqa: S608 -- names, quoted
        " WHERE c.tenant_id = %s::bigint AND c.id = %s::bigint"
    )
