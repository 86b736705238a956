"""Pages by key: as quick on the last page as on the first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.http import HttpRequest

M = TypeVar("M", bound=models.Model)
R = TypeVar("R")  # has a public_id


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows in the order of the list, with the addresses of the neighbours (empty at an end)."""

    rows: list[R]
    newer_url: str
    older_url: str


def page_of(
    request: HttpRequest, rows: models.QuerySet[M], *, order: tuple[str, str], size: int
) -> Page[M]:
    """One page of `rows` by two columns, of which the second is unique (`("search_key", "id")`).

    A leading minus on both turns the order round. `?after=` and `?before=` name the random id of
    the row at the edge; one that is unknown gives the first page.
    """
    is_falling = order[0].startswith("-")
    names = (order[0].lstrip("-"), order[1].lstrip("-"))
    public_id, is_back = asked_edge(request)
    edge = _edge(public_id, rows.model, names) if public_id else None
    if edge is None:
        is_back = False
    else:
        rows = rows.filter(_beyond(names, edge, is_greater=is_falling == is_back))
    found = list(rows.order_by(*(_turned(order) if is_back else order))[: size + 1])
    return page_from(request, found, size=size, has_edge=edge is not None, is_back=is_back)


def asked_edge(request: HttpRequest) -> tuple[uuid.UUID | None, bool]:
    """The random id in `?before=` or `?after=`, and whether it is `before`."""
    is_back = "before" in request.GET
    try:
        return uuid.UUID(request.GET.get("before") or request.GET.get("after") or ""), is_back
    except ValueError:
        return None, False


def page_from(
    request: HttpRequest, found: list[R], *, size: int, has_edge: bool, is_back: bool
) -> Page[R]:
    """The page of rows read from the edge on, one more than it holds (backwards if `is_back`)."""
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    has_newer = (has_more if is_back else has_edge) and bool(found)
    has_older = (True if is_back else has_more) and bool(found)
    return Page(
        rows=found,
        newer_url=_url(request, before=found[0]) if has_newer else "",
        older_url=_url(request, after=found[-1]) if has_older else "",
    )


def _edge(public_id: uuid.UUID, model: type[M], names: tuple[str, str]) -> tuple[Any, Any] | None:
    manager: Any = model._default_manager  # noqa: SLF001 -- Django's own name for it
    found: tuple[Any, Any] | None = manager.filter(public_id=public_id).values_list(*names).first()
    return found


def _beyond(names: tuple[str, str], edge: tuple[Any, Any], *, is_greater: bool) -> Q:
    first, second = names
    word = "gt" if is_greater else "lt"
    if first == second:
        return Q(**{f"{first}__{word}": edge[0]})
    from_edge_on = Q(**{f"{first}__{word}e": edge[0]})  # what the index can use
    return from_edge_on & (
        Q(**{f"{first}__{word}": edge[0]}) | Q(**{first: edge[0], f"{second}__{word}": edge[1]})
    )


def _turned(order: tuple[str, str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _url(request: HttpRequest, **edge: Any) -> str:
    kept = {name: value for name, value in request.GET.items() if name not in {"after", "before"}}
    kept.update({name: str(row.public_id) for name, row in edge.items()})
    return f"?{urlencode(kept)}"
