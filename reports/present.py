"""Today's figures as the page shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.models import Payment
from reports import places
from reports.ageing import Ageing, AgeRow
from reports.leaving import Leaving
from reports.today import Brief
from reports.words import day_name, money_text, whole_money
from tenants.models import User

BAR_WIDTH = 600


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the ageing bar, in hundredths of its width."""

    css: str
    x: str
    width: str


def greeting(user: User, brief: Brief) -> str:
    """One sentence with a number and an amount."""
    who = {"name": user.get_short_name()}
    work = brief.work
    if not work.count:
        return _("Hello %(name)s, nothing to do") % who
    if work.is_cut:
        return _("Hello %(name)s, more than %(count)s actions") % {**who, "count": work.count}
    values = {**who, "count": work.count, "amount": whole_money(work.total, work.currency)}
    if not work.total:
        return (
            ngettext(
                "Hello %(name)s, %(count)s action",
                "Hello %(name)s, %(count)s actions",
                work.count,
            )
            % values
        )
    return (
        ngettext(
            "Hello %(name)s, %(count)s action for %(amount)s",
            "Hello %(name)s, %(count)s actions for %(amount)s",
            work.count,
        )
        % values
    )


def kpis(brief: Brief, today: dt.date) -> list[dict[str, Any]]:
    """The four figures, each a link to the list behind it."""
    ageing, takings = brief.ageing, brief.takings
    return [
        {
            "label": _("To collect"),
            "value": money_text(ageing.total, ageing.currency),
            "note": _open_note(ageing),
            "url": places.invoices("open"),
            "slices": bar(ageing),
        },
        {
            "label": _("Late"),
            "value": money_text(ageing.late, ageing.currency),
            "note": _late_note(ageing),
            "url": places.invoices("late"),
            "is_bad": bool(ageing.late),
        },
        {
            "label": _("Received in %(month)s") % {"month": date_format(today, "F")},
            "value": money_text(takings.amount, ageing.currency),
            "note": ngettext("%(count)s payment", "%(count)s payments", takings.count)
            % {"count": takings.count},
            "url": places.payments(),
            **_trend(takings.change),
        },
        {
            "label": _("Average lateness"),
            "value": ngettext("%(days)s day", "%(days)s days", ageing.days_late)
            % {"days": ageing.days_late},
            "note": _("of the invoices that are late today"),
            "url": places.invoices("late"),
        },
    ]


def bar(ageing: Ageing) -> list[Slice]:
    """The ageing as one bar; empty when nothing is owed."""
    if not ageing.total:
        return []
    slices, x = [], Decimal(0)
    for row in ageing.rows:
        width = row.amount * BAR_WIDTH / ageing.total
        if width:
            slices.append(Slice(row.css, f"{x:.1f}", f"{max(width - 2, Decimal(1)):.1f}"))
        x += width
    return slices


def age_rows(ageing: Ageing) -> list[tuple[AgeRow, str, str]]:
    """Each class of lateness with its link and its amount."""
    return [(row, _age_url(row), money_text(row.amount, ageing.currency)) for row in ageing.rows]


def _age_url(row: AgeRow) -> str:
    return places.invoices("late" if row.age.is_late else "open", row.age.key)


def nothing_to_do(leaving: Leaving) -> str:
    """What an empty list says: the next thing that happens by itself."""
    if not leaving.rows:
        return _("Nothing to do.")
    first = leaving.rows[0]
    return _("Nothing to do. Next: %(step)s to %(client)s, %(day)s.") % {
        "step": first.step,
        "client": first.client,
        "day": first.day,
    }


def money_rows(brief: Brief) -> list[dict[str, Any]]:
    means = dict(Payment.Means.choices)
    return [
        {
            "client": row["client__name"],
            "amount": money_text(row["amount"], row["currency"]),
            "note": f"{day_name(row['received_on'])} · {means.get(row['means'], row['means'])}",
            "url": places.payment(row["public_id"]),
        }
        for row in brief.payments
    ]


def _open_note(ageing: Ageing) -> str:
    invoices = ngettext("%(count)s open invoice", "%(count)s open invoices", ageing.invoices)
    clients = ngettext("%(count)s client", "%(count)s clients", ageing.clients)
    note = f"{invoices % {'count': ageing.invoices}}, {clients % {'count': ageing.clients}}"
    if not ageing.claims:
        return note
    claims = {
        "claims": money_text(ageing.claims, ageing.currency),
        "everything": money_text(ageing.everything, ageing.currency),
    }
    added = _("with %(claims)s of late fees and indemnities: %(everything)s") % claims
    return f"{note}; {added}"


def _late_note(ageing: Ageing) -> str:
    if not ageing.late:
        return _("Nothing is late")
    text = ngettext("%(count)s invoice", "%(count)s invoices", ageing.late_invoices)
    return _("%(invoices)s, %(share)s %% of what is owed") % {
        "invoices": text % {"count": ageing.late_invoices},
        "share": ageing.late_share,
    }


def _trend(change: Decimal | None) -> dict[str, str]:
    if change is None:
        return {}
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return {
        "trend": _("%(sign)s%(percent)s %% on last month to date")
        % {"sign": sign, "percent": abs(change)},
        "trend_is": "good" if change >= 0 else "",
    }
