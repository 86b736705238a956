"""Two rules PostgreSQL enforces for every tenant-owned table, written as model constraints."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint, Model


class _SqlConstraint(BaseConstraint):
    create: str
    remove: str

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        statement = self.create_sql(model, schema_editor)
        if statement:
            schema_editor.deferred_sql.append(statement)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(self.create, model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(self.remove, model, schema_editor)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database is the judge."""

    def _statement(
        self, template: str, model: type[Model], editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        return Statement(
            template,
            table=Table(model._meta.db_table, editor.quote_name),
            name=editor.quote_name(self.name),
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _SqlConstraint)
            and type(self) is type(other)
            and self.deconstruct() == other.deconstruct()
        )

    def __hash__(self) -> int:
        return hash(self.name)


class TenantIsolation(_SqlConstraint):
    """Row-level security: a row is visible and writable in its tenant only.

    Enabled, not forced: the owner role (migrations, backup) sees everything, the run-time role
    nothing without a tenant. `app_tenant()` raises when no tenant is set, and is not wrapped in a
    sub-select, which would hide it from the planner.
    """

    create = (
        "ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY %(name)s ON %(table)s"
        " USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())"
    )
    remove = "DROP POLICY %(name)s ON %(table)s"


class SameTenant(_SqlConstraint):
    """A foreign key may only point at a row of the same tenant."""

    create = (
        "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s"
        " FOREIGN KEY (tenant_id, %(column)s) REFERENCES %(to)s (tenant_id, id)"
    )
    remove = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Wait for the end of the migration: the key it refers to may come later."""
        schema_editor.deferred_sql.append(super().create_sql(model, schema_editor))

    def _statement(
        self, template: str, model: type[Model], editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        statement: Statement = super()._statement(template, model, editor)
        field: Any = model._meta.get_field(self.field)
        parts: dict[str, Any] = statement.parts
        parts["column"] = editor.quote_name(field.column)
        parts["to"] = Table(field.related_model._meta.db_table, editor.quote_name)
        return statement
