"""People who sign in, and what each may do in which tenant."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenants.models.tenant import Tenant


class Role(models.TextChoices):
    OWNER = "OWNER", _("Owner")
    MEMBER = "MEMBER", _("Member")
    ACCOUNTANT = "ACCOUNTANT", _("Accountant")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an email address."""

    email = models.EmailField(unique=True)  # always lower-case
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(
        max_length=2, choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="tenants_user_email_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email


class Membership(models.Model):
    """A person's role in a tenant; the key to every page under `/t/<slug>/`.

    `wants_digest` is None until the person says: the owner gets the evening mail, others do not.
    `digest_on` is the last evening for which that mail was thought of, whether it was needed or
    not.
    """

    class DigestDays(models.TextChoices):
        BUSINESS_DAYS = "BUSINESS_DAYS", _("On business days, Friday for Monday")
        EVES = "EVES", _("The evening before, Sunday for Monday")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="memberships")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    wants_digest = models.BooleanField(null=True)
    digest_hour = models.PositiveSmallIntegerField(default=18)
    digest_days = models.CharField(
        max_length=13, choices=DigestDays.choices, default=DigestDays.BUSINESS_DAYS
    )
    digest_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "tenant"], name="tenants_membership_once"),
            models.CheckConstraint(
                condition=models.Q(digest_hour__gte=15, digest_hour__lte=22),
                name="tenants_membership_digest_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.tenant} · {self.role}"

    @property
    def gets_digest(self) -> bool:
        """Whether the evening mail goes to this person; an accountant has no evening round."""
        if self.role == Role.ACCOUNTANT:
            return False
        return self.role == Role.OWNER if self.wants_digest is None else self.wants_digest


class Invitation(models.Model):
    """An address invited to a tenant; its key is a `Door` of kind INVITATION."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="invitations")
    door = models.OneToOneField("tenants.Door", on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email
