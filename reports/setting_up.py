"""What is still missing before messages and money can move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists
from django.utils.translation import gettext as _

from clients.models import Sender
from dunning.entering import unanswered
from invoices.models import Invoice
from reports.together import Query, Row
from reports.worklist import Task
from tenants.links import tenant_url
from tenants.models import Business, Tenant

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def settings_query() -> Query:
    """What the business has told of itself, as one row."""
    own_server = Sender.objects.filter(way=Sender.Way.OWN_SMTP).exclude(host="")
    return Business.objects.values(
        "siren",
        "address",
        "city",
        "iban",
        has_server=Exists(own_server),
        has_invoices=Exists(Invoice.objects.all()),
        has_old_debts=Exists(unanswered()),
    )


def missing_settings(business: Row, tenant: Tenant) -> list[Task]:
    """One line for each; an empty list once the business is set up and live."""
    tasks = []
    if not (business["siren"] and business["address"] and business["city"]):
        tasks.append(
            _task(
                _("Your SIREN and address"),
                _("Without them no invoice can be issued"),
                "settings:business",
                is_blocking=True,
            )
        )
    if not business["iban"]:
        tasks.append(
            _task(_("Your IBAN"), _("Clients see nowhere to transfer money to"), "settings:bank")
        )
    if not (settings.MAIL_IS_SET or business["has_server"]):
        tasks.append(
            _task(
                _("Sending mails"),
                _("No mail server is set: messages are kept here for you to read"),
                "sending:settings",
            )
        )
    if not business["has_invoices"]:
        tasks.append(
            _task(
                _("Your open invoices"),
                _("Bring them from a table or PDFs: you see who owes what at once"),
                "invoices:import",
            )
        )
    return tasks + _first_reminders(business, tenant)


def _first_reminders(business: Row, tenant: Tenant) -> list[Task]:
    tasks = []
    if business["has_old_debts"]:
        tasks.append(
            _task(
                _("Your old debts"),
                _("Say what you have already sent, so that the plan goes on from there"),
                "dunning:start",
            )
        )
    if tenant.mode == Tenant.Mode.TEST:
        tasks.append(
            _task(
                _("Test mode"), _("Nothing leaves until you go live: read the plan"), "dunning:plan"
            )
        )
    return tasks


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
