"""What is still missing before messages and money can move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from clients.models import Sender
from reports.worklist import Task
from tenants.links import tenant_url
from tenants.models import Business, Tenant

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def missing_settings(tenant: Tenant) -> list[Task]:
    """One line for each; an empty list once the business is set up and live."""
    business = Business.objects.get()
    tasks = []
    if not (business.siren and business.address and business.city):
        tasks.append(
            _task(
                _("Your SIREN and address"),
                _("Without them no invoice can be issued"),
                "settings:business",
                is_blocking=True,
            )
        )
    if not business.iban:
        tasks.append(
            _task(_("Your IBAN"), _("Clients see nowhere to transfer money to"), "settings:bank")
        )
    if not _can_send():
        tasks.append(
            _task(
                _("Sending mails"),
                _("No mail server is set: messages are kept here for you to read"),
                "sending:settings",
            )
        )
    if tenant.mode == Tenant.Mode.TEST:
        tasks.append(_task(_("Test mode"), _("Nothing leaves until you go live"), "settings:index"))
    return tasks


def _can_send() -> bool:
    if settings.MAIL_IS_SET:
        return True
    return Sender.objects.filter(way=Sender.Way.OWN_SMTP).exclude(host="").exists()


def _task(
    title: StrOrPromise, why: StrOrPromise, url_name: str, *, is_blocking: bool = False
) -> Task:
    url = tenant_url(url_name)
    return Task(
        group="setup",
        colour="sent",
        icon="settings",
        kind=_("To set up"),
        title=str(title),
        url=url,
        why=why,
        action_url=url,
        action_label=_("Set up"),
        is_blocking=is_blocking,
    )
