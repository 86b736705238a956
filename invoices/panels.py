"""What the apps above show on an invoice's page: payments, dunning, plans.

Registered in `AppConfig.ready`, like `clients.panels`. Every part costs a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from invoices.models import Invoice

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class InvoicePanel:
    """A part of an invoice's page.

    `data(invoice)` gives the context of `template` (as `panel`), which also has `invoice`,
    `membership` and `csrf_token`; None leaves the panel out. `place` is TOP (a line across the
    page: what happens next and why), MAIN (left, wide) or SIDE.
    """

    key: str
    template: str
    data: Callable[[Invoice], Mapping[str, Any] | None]
    place: str = "MAIN"
    order: int = 50


@dataclass(frozen=True, slots=True)
class InvoiceAct:
    """A button on an invoice's page, for those who may write; `url` None leaves it out."""

    key: str
    label: StrOrPromise
    url: Callable[[Invoice], str | None]
    icon: str = ""
    order: int = 50


_panels: dict[str, InvoicePanel] = {}
_acts: dict[str, InvoiceAct] = {}


def register_panel(panel: InvoicePanel) -> None:
    _panels[panel.key] = panel


def register_act(act: InvoiceAct) -> None:
    _acts[act.key] = act


def panels_of(invoice: Invoice, place: str) -> list[dict[str, Any]]:
    """The parts of an invoice's page in one place, each with its template and its data."""
    wanted = sorted(
        (panel for panel in _panels.values() if panel.place == place),
        key=lambda panel: (panel.order, panel.key),
    )
    found = ((panel, panel.data(invoice)) for panel in wanted)
    return [
        {"key": panel.key, "template": panel.template, "data": dict(data)}
        for panel, data in found
        if data is not None
    ]


def acts_for(invoice: Invoice) -> list[dict[str, Any]]:
    """The buttons that other apps put on an invoice's page."""
    wanted = sorted(_acts.values(), key=lambda act: (act.order, act.key))
    found = ((act, act.url(invoice)) for act in wanted)
    return [
        {"label": act.label, "url": url, "icon": act.icon} for act, url in found if url is not None
    ]
