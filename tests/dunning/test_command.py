"""`manage.py run_dunning`: what the timer does, now."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clients.models import Message
from tenants.scope import tenant_atomic
from tests.factories.dunning import FIRST_DAY, late_case


def test_the_command_names_an_unknown_tenant(db):
    with pytest.raises(CommandError, match="nobody"):
        call_command("run_dunning", tenant="nobody")


def test_the_command_says_in_json_what_it_would_do(as_acme):
    with tenant_atomic():
        late_case()
    said = StringIO()

    call_command("run_dunning", tenant="acme", on=FIRST_DAY, dry_run=True, json=True, stdout=said)

    line = json.loads(said.getvalue())
    assert (line["tenant"], line["on"], line["steps"]) == ("acme", "2026-03-06", {"FIRST": 1})
    with tenant_atomic():
        assert Message.objects.count() == 0


def test_the_command_runs_as_of_a_day(as_acme):
    with tenant_atomic():
        late_case()

    call_command("run_dunning", tenant="acme", on=FIRST_DAY, stdout=StringIO())

    with tenant_atomic():
        assert Message.objects.get().send_on == FIRST_DAY
