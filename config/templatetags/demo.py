"""Signing in to the demonstration in one click."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from config.demo.people import ACCOUNTANT, ACCOUNTANT_NAME, PASSWORD
from config.demo.stories import STORIES
from tenants.models import User

register = template.Library()


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Somebody of the demonstration; the password is public."""

    email: str
    name: str
    what: str
    password: str = PASSWORD


@register.simple_tag
def demo_logins() -> list[DemoLogin]:
    """Who is there already: businesses may still be loading; nobody outside the demonstration."""
    if not settings.DEMO:
        return []
    people = [DemoLogin(story.owner, story.owner_name, story.name) for story in STORIES]
    people.append(DemoLogin(ACCOUNTANT, ACCOUNTANT_NAME, _("Accountant of all three")))
    known = User.objects.filter(email__in=[each.email for each in people], is_active=True)
    there = set(known.values_list("email", flat=True))
    return [each for each in people if each.email in there]
