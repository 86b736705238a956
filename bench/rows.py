"""Filling tables by the million: INSERT … SELECT, with the defaults that the models know."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import psycopg
from django.db import models
from psycopg import sql


class Filler:
    """Writes rows as a superuser with triggers and foreign keys asleep: the caller is trusted."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        connection.execute("SET session_replication_role = replica")

    def insert(self, model: type[models.Model], rows: str, **columns: str) -> int:
        """Insert one row of `model` for each row of `rows` (what follows FROM).

        `columns` are SQL expressions; a column that is not named gets the model's default.
        """
        given = {**_defaults(model), **columns}
        query = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(sql.Identifier(name) for name in given),
            sql.SQL(", ").join(sql.SQL(value) for value in given.values()),
            sql.SQL(rows),
        )
        return self.connection.execute(query).rowcount

    def settle(self) -> None:
        """What autovacuum would have done by the time such a book has grown."""
        self.connection.execute("VACUUM ANALYZE")
        self.connection.execute("CHECKPOINT")


def _defaults(model: type[models.Model]) -> Mapping[str, str]:
    found = {}
    for field in model._meta.local_concrete_fields:
        if field.primary_key or field.generated:
            continue
        if (value := _default(field)) is not None:
            found[field.column] = value
    return found


def _default(field: models.Field[Any, Any]) -> str | None:
    if getattr(field, "auto_now_add", False):
        return "now()"
    if field.default is uuid.uuid4:
        return "gen_random_uuid()"
    if field.column == "tenant_id" or (field.null and not field.has_default()):
        return None
    value = field.get_default()
    return None if value is None and not field.null else _literal(value)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, dict):
        return f"'{json.dumps(value)}'::jsonb"
    if isinstance(value, list):
        return "'[]'::jsonb"
    return "'" + str(value).replace("'", "''") + "'"
