"""Every model of ours is behind the walls, or named here as global."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import UniqueConstraint

from tenants.constraints import SameTenant
from tenants.models import TenantOwned

OURS = ["legal", "tenants", "clients", "invoices", "payments", "dunning", "portal", "reports"]
GLOBAL = {
    "legal.LegalRate",
    "legal.LegalText",
    "legal.LegalThreshold",
    "legal.VatRate",
    "payments.GatewayEvent",
    "tenants.Door",
    "tenants.Invitation",
    "tenants.Membership",
    "tenants.Tenant",
    "tenants.User",
}
MODELS = [m for app in OURS for m in apps.get_app_config(app).get_models()]
OWNED = [m for m in MODELS if issubclass(m, TenantOwned)]


def test_global_tables_are_those_of_the_design():
    assert {m._meta.label for m in MODELS if not issubclass(m, TenantOwned)} == GLOBAL


@pytest.mark.parametrize("model", OWNED, ids=lambda m: m._meta.label)
def test_links_stay_inside_the_tenant(model):
    links = {
        field.name
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and issubclass(field.related_model, TenantOwned)
    }

    assert links == {c.field for c in model._meta.constraints if isinstance(c, SameTenant)}


@pytest.mark.parametrize("model", OWNED, ids=lambda m: m._meta.label)
def test_the_tenant_comes_first_in_every_unique_and_index(model):
    uniques = [c.fields for c in model._meta.constraints if isinstance(c, UniqueConstraint)]
    indexes = [index.fields for index in model._meta.indexes]

    assert {fields[0] for fields in [*uniques, *indexes]} == {"tenant"}
    assert [f.name for f in model._meta.fields if f.unique and not f.primary_key] == []


@pytest.mark.parametrize("model", OWNED, ids=lambda m: m._meta.label)
@pytest.mark.django_db
def test_table_has_row_level_security_that_raises(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity, pg_get_expr(polqual, polrelid),"
            " pg_get_expr(polwithcheck, polrelid), pg_get_userbyid(relowner)"
            " FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE relname = %s",
            [model._meta.db_table],
        )
        assert cursor.fetchall() == [
            (True, False, "(tenant_id = app_tenant())", "(tenant_id = app_tenant())", "app_owner")
        ]
