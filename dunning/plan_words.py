"""How the days of the plan are said to the owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from clients.kinds import Rendered
from dunning.drafts import draft_departure
from dunning.plan import Amounts, Departure
from dunning.plan_reading import ClientForecast
from dunning.policy import Channel
from dunning.words import CHANNELS, step_name

_ICONS = {Channel.EMAIL: "mail", Channel.CALL: "phone"}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One departure, for a template. `key` names it on the client's page."""

    key: str
    on: dt.date
    icon: str
    by: str
    step: str
    numbers: str
    amounts: Amounts
    asks: bool
    draft: Rendered | None = None


@dataclass(frozen=True, slots=True)
class ClientLines:
    """A client of the plan with his lines."""

    forecast: ClientForecast
    lines: list[PlanLine]


def client_lines(forecast: ClientForecast) -> ClientLines:
    """The lines of a client, without the words of the mails."""
    return ClientLines(forecast, [_line(each, forecast) for each in forecast.departures])


def with_words(forecast: ClientForecast) -> list[tuple[dt.date, list[PlanLine]]]:
    """The lines by day, each email written as it would be on its day."""
    lines = (
        _line(each, forecast, draft_departure(forecast.client, each, forecast.cases))
        for each in forecast.departures
    )
    return [(on, list(those)) for on, those in groupby(lines, key=lambda line: line.on)]


def _line(
    departure: Departure, forecast: ClientForecast, draft: Rendered | None = None
) -> PlanLine:
    channel = departure.channel
    about: Iterable[int] = (*departure.late, *departure.coming)
    return PlanLine(
        key=f"{departure.on}-{channel or 'TASK'}-{departure.lead.key}",
        on=departure.on,
        icon=_ICONS.get(channel, "printer") if channel else "scale",
        by=str(CHANNELS[channel]) if channel else "",
        step=step_name(departure.lead.key),
        numbers=", ".join(forecast.cases[pk].number for pk in about),
        amounts=departure.amounts,
        asks=departure.asks,
        draft=draft,
    )
