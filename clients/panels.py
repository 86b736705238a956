"""What the apps above show on a client's page and in the list of clients.

Registered in `AppConfig.ready`. Every part costs a fixed number of queries, whatever it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clients.models import Client

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class ClientPanel:
    """A part of a client's page.

    `data(client)` gives the context of `template`, which also has `client`, `membership` and
    `csrf_token`; None leaves the panel out. `place` is MAIN (left, wide) or SIDE.
    """

    key: str
    template: str
    data: Callable[[Client], Mapping[str, Any] | None]
    place: str = "MAIN"
    order: int = 50


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list: `cells(client ids)` gives the text of each, already formatted.

    `css` is the cell's class (`num o2`: see docs/look.md); a client without an entry shows nothing.
    """

    key: str
    label: StrOrPromise
    cells: Callable[[Sequence[int]], Mapping[int, str]]
    is_number: bool = False
    css: str = "hide-m"
    order: int = 50


@dataclass(frozen=True, slots=True)
class ClientAct:
    """A button at the top of a client's page, for those who may write."""

    key: str
    label: StrOrPromise
    url: Callable[[Client], str]
    icon: str = ""
    order: int = 50


_panels: dict[str, ClientPanel] = {}
_columns: dict[str, ListColumn] = {}
_acts: dict[str, ClientAct] = {}


def register_panel(panel: ClientPanel) -> None:
    _panels[panel.key] = panel


def register_list_column(column: ListColumn) -> None:
    _columns[column.key] = column


def register_act(act: ClientAct) -> None:
    _acts[act.key] = act


def panels_of(client: Client, place: str) -> list[dict[str, Any]]:
    """The parts of a client's page in one place, each with its template and its data."""
    wanted = sorted(
        (panel for panel in _panels.values() if panel.place == place),
        key=lambda panel: (panel.order, panel.key),
    )
    found = ((panel, panel.data(client)) for panel in wanted)
    return [
        {"key": panel.key, "template": panel.template, "data": dict(data)}
        for panel, data in found
        if data is not None
    ]


def list_columns() -> list[ListColumn]:
    return sorted(_columns.values(), key=lambda column: (column.order, column.key))


def acts_for(client: Client) -> list[dict[str, Any]]:
    """The buttons that other apps put on a client's page."""
    wanted = sorted(_acts.values(), key=lambda act: (act.order, act.key))
    return [{"label": act.label, "url": act.url(client), "icon": act.icon} for act in wanted]
