"""Today: the brief, then the work in the order to do it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from reports import places
from reports.guide import read_guide
from reports.present import age_rows, greeting, kpis, money_rows, nothing_to_do
from reports.today import Brief, read_brief
from reports.words import money_text
from tenants.access import READERS, TenantRequest, requires
from tenants.clock import today
from tenants.models import Role

GROUPS = {
    "calls": _("Calls"),
    "answers": _("Answers"),
    "approvals": _("To approve"),
    "letters": _("Letters"),
    "mails": _("Mails"),
    "credit": _("Credit"),
    "setup": _("Setting up"),
}


@requires(READERS)
@require_GET
def index(request: TenantRequest) -> HttpResponse:
    day = today()
    wanted = request.GET.get("show", "")
    brief = read_brief(
        tenant=request.tenant,
        role=request.membership.role,
        today=day,
        show=wanted if wanted in GROUPS else "",
    )
    context = {
        "brief": brief,
        "show": wanted if wanted in brief.work.counts else "",
        "groups": [
            (key, label, brief.work.counts[key])
            for key, label in GROUPS.items()
            if key in brief.work.counts
        ],
        "can_write": request.membership.role != Role.ACCOUNTANT,
        "guide": read_guide(request.session, request.tenant, request.membership.role),
        **_words(request, brief, day),
    }
    return render(request, "reports/today.html", context)


def _words(request: TenantRequest, brief: Brief, day: dt.date) -> dict[str, Any]:
    """The brief as sentences, formatted amounts and links."""
    more = brief.leaving.more
    return {
        "day_name": date_format(day, "l j F Y"),
        "greeting": greeting(request.user, brief),
        "kpis": kpis(brief, day),
        "others": ", ".join(money_text(age.everything, age.currency) for age in brief.others),
        "ages": age_rows(brief.ageing),
        "payments": money_rows(brief),
        "nothing_to_do": nothing_to_do(brief.leaving),
        "more_leaving": ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
        if more
        else "",
        "late_url": places.invoices("late"),
        "payments_url": places.payments(),
        "dunning_url": places.dunning(),
    }
