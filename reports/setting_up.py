"""What is still missing before messages and money can move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from clients.models import Message, Sender
from dunning.entering import unanswered
from invoices.models import Invoice, Series
from reports.together import Query, Row
from reports.worklist import Task
from tenants.links import tenant_url
from tenants.models import Business, Tenant

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def settings_query() -> Query:
    """What the business has told of itself, as one row."""
    own_server = Sender.objects.filter(way=Sender.Way.OWN_SMTP).exclude(host="")
    proved = Sender.objects.filter(proved_at__isnull=False)
    has_look = Q(logo__isnull=False) | Q(look_chosen_at__isnull=False)
    return Business.objects.values(
        "siren",
        "address",
        "city",
        "iban",
        has_look=ExpressionWrapper(has_look, output_field=BooleanField()),
        has_series=Exists(Series.objects.filter(kind=Series.Kind.INVOICE)),
        has_server=Exists(own_server),
        has_proof=Exists(proved) | Exists(Message.objects.filter(state=Message.State.SENT)),
        has_invoices=Exists(Invoice.objects.all()),
        has_old_debts=Exists(unanswered()),
    )


def missing_steps() -> list[str]:
    """The screens of the onboarding that still have something to ask, in their order."""
    return [key for key, is_missing in _steps(settings_query()[0]).items() if is_missing]


def missing_settings(business: Row, tenant: Tenant) -> list[Task]:
    """One line for each; an empty list once the business is set up and live."""
    tasks = [_line(key, business) for key, is_missing in _steps(business).items() if is_missing]
    if not business["has_invoices"]:
        tasks.append(
            _task(
                _("Your open invoices"),
                _("Bring them from a table or PDFs: you see who owes what at once"),
                "invoices:import",
            )
        )
    return tasks + _first_reminders(business, tenant)


def _steps(business: Row) -> dict[str, bool]:
    """By screen: whether it is still to do."""
    can_send = settings.MAIL_IS_SET or business["has_server"]
    return {
        "business": not (business["siren"] and business["address"] and business["city"]),
        "look": not business["has_look"],
        "bank": not business["iban"],
        "numbers": not business["has_series"],
        "sending": not (can_send and business["has_proof"]),
    }


def _line(key: str, business: Row) -> Task:
    title, why = {
        "business": (_("Your SIREN and address"), _("Without them no invoice can be issued")),
        "look": (_("Your logo and colour"), _("So that clients know your invoices at a glance")),
        "bank": (_("Your IBAN"), _("Clients see nowhere to transfer money to")),
        "numbers": (
            _("The number of your next invoice"),
            _("Go on from your last one: it can be chosen before the first invoice only"),
        ),
        "sending": _sending_line(business),
    }[key]
    return _task(
        title, why, f"onboarding:{key}", query="?back=today", is_blocking=key == "business"
    )


def _sending_line(business: Row) -> tuple[str, str]:
    if settings.MAIL_IS_SET or business["has_server"]:
        return _("A test mail"), _("See that your mail leaves, before the first client does")
    return (
        _("Sending mails"),
        _("No mail server is set: messages are kept here for you to read"),
    )


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
    title: StrOrPromise,
    why: StrOrPromise,
    url_name: str,
    *,
    query: str = "",
    is_blocking: bool = False,
) -> Task:
    url = tenant_url(url_name) + query
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
