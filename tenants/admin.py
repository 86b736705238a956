"""The operator's admin: tenants and people. Never the product, and it never deletes a tenant."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from tenants.models import Membership, Tenant, User


class MembershipInline(admin.TabularInline[Membership, Tenant]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Tenant)
class TenantAdmin(admin.ModelAdmin[Tenant]):
    list_display = ["name", "slug", "mode", "stopped_at", "created_at"]
    list_filter = ["mode", "is_demo"]
    search_fields = ["name", "slug"]
    readonly_fields = ["public_id", "created_at", "live_since", "last_run_on"]
    inlines = [MembershipInline]

    def has_delete_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a business is founded by its owner, with everything it needs


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "is_staff", "last_login", "date_joined"]
    readonly_fields = ["last_login", "date_joined"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
