"""How the days of the plan are said to the owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from clients.kinds import Rendered
from clients.senders import letterhead_in_use, writing_under
from clients.services.outbox import language_for
from dunning.drafts import draft_departure, letter_of_departure
from dunning.own_words import wording_of
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
    letter: str = ""
    is_own: bool = False

    @property
    def words(self) -> str:
        """The letter in the address of its words; empty where they are not the tenant's."""
        return self.letter.lower()


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
    with writing_under(letterhead_in_use()):
        lines = [_line_with_words(each, forecast) for each in forecast.departures]
    return [(on, list(those)) for on, those in groupby(lines, key=lambda line: line.on)]


def key_of(departure: Departure) -> str:
    """What names a departure on its client's page."""
    return f"{departure.on}-{departure.channel or 'TASK'}-{departure.lead.key}"


def _line_with_words(departure: Departure, forecast: ClientForecast) -> PlanLine:
    client, cases = forecast.client, forecast.cases
    line = _line(departure, forecast, draft_departure(client, departure, cases))
    letter = letter_of_departure(client, departure, cases)
    if letter is None:
        return line
    wording = wording_of(client.pk, letter, language_for(client, None))
    return replace(line, letter=letter.value, is_own=wording.is_own)


def _line(
    departure: Departure, forecast: ClientForecast, draft: Rendered | None = None
) -> PlanLine:
    channel = departure.channel
    about: Iterable[int] = (*departure.late, *departure.coming)
    return PlanLine(
        key=key_of(departure),
        on=departure.on,
        icon=_ICONS.get(channel, "printer") if channel else "scale",
        by=str(CHANNELS[channel]) if channel else "",
        step=step_name(departure.lead.key),
        numbers=", ".join(forecast.cases[pk].number for pk in about),
        amounts=departure.amounts,
        asks=departure.asks,
        draft=draft,
    )
