"""Who is who: tenants, people, their roles, and what arrives without a session."""

from __future__ import annotations

from tenants.models.audit import AuditEntry
from tenants.models.business import Business
from tenants.models.door import Door
from tenants.models.files import StoredFile
from tenants.models.people import Invitation, Membership, Role, User
from tenants.models.tenant import Tenant
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant

__all__ = [
    "Addressable",
    "AuditEntry",
    "Business",
    "Door",
    "Invitation",
    "Membership",
    "Role",
    "StoredFile",
    "Tenant",
    "TenantKey",
    "TenantOwned",
    "User",
    "same_tenant",
]
