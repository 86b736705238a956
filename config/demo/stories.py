"""The stories, in the order in which they are told: the first page needs the first alone."""

from __future__ import annotations

from config.demo.elorn import ELORN
from config.demo.morel import MOREL
from config.demo.people import ACCOUNTANT
from config.demo.pervenche import PERVENCHE
from config.demo.story import Story

STORIES: tuple[Story, ...] = (MOREL, PERVENCHE, ELORN)


def logins() -> list[str]:
    """Who can sign in: the owners in the order of their stories, then the accountant of all."""
    return [*(story.owner for story in STORIES), ACCOUNTANT]
