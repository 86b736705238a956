"""Shipped facts come in once, and never over what an operator wrote."""

import datetime as dt
import json
import shutil
from decimal import Decimal
from io import StringIO

import pytest
from django.apps.registry import Apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from legal.errors import LegalDataBroken
from legal.models import LegalRate, LegalThreshold
from legal.receivers import load_after_migrate
from legal.services import DATA, LoadReport, load_legal_data, shipped_placeholders

pytestmark = pytest.mark.django_db
ROWS = 130


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def test_migrating_has_loaded_everything():
    assert load_legal_data() == LoadReport(unchanged=ROWS)


def test_a_row_that_is_gone_comes_back():
    LegalRate.objects.filter(half_year="2026-H1").delete()

    assert load_legal_data() == LoadReport(created=1, unchanged=ROWS - 1)
    assert LegalRate.objects.get(half_year="2026-H1").legal_pro == Decimal("2.62")


def test_a_newer_release_brings_its_rows_up_to_date(folder):
    rates = folder / "rates.csv"
    rates.write_text(rates.read_text().replace("2026-12-31,,,,", "2026-12-31,2.50,6.60,2.15,"))

    assert load_legal_data(folder=folder) == LoadReport(updated=1, unchanged=ROWS - 1)
    assert LegalRate.objects.get(half_year="2026-H2").ecb_refi == Decimal("2.15")


def test_what_an_operator_edited_is_kept():
    LegalRate.objects.filter(half_year="2026-H2").update(
        legal_pro=Decimal("9.99"), edited_at=timezone.now()
    )

    assert load_legal_data() == LoadReport(kept=1, unchanged=ROWS - 1)
    assert LegalRate.objects.get(half_year="2026-H2").legal_pro == Decimal("9.99")


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("X,forty,EUR,2026-01-01,,source", 2),
        ("X,40,EUR,tomorrow,,source", 2),
        ("X,40,DOUBLOONS,2026-01-01,,source", 2),
        ("X,40,EUR,2026-01-01,,", 2),
        ("X,40,EUR,2026-01-01,,source,too much", 2),
        ("Y,1,EUR,2026-01-01,,source\nX,40", 3),
    ],
)
def test_a_broken_file_is_named_by_line_and_changes_nothing(folder, broken, line):
    LegalRate.objects.filter(half_year="2026-H1").delete()
    (folder / "thresholds.csv").write_text(f"key,value,unit,valid_from,valid_to,source\n{broken}\n")

    with pytest.raises(LegalDataBroken) as refusal:
        load_legal_data(folder=folder)

    assert str(refusal.value).startswith(f"thresholds.csv, line {line}: ")
    assert LegalRate.objects.filter(half_year="2026-H1").exists() is False
    assert LegalThreshold.objects.filter(key__in="XY").exists() is False


def test_a_column_nobody_knows_is_refused(folder):
    (folder / "thresholds.csv").write_text("key,wrong\nX,1\n")

    with pytest.raises(LegalDataBroken):
        load_legal_data(folder=folder)


def test_the_command_says_what_it_did():
    human, machine = StringIO(), StringIO()

    call_command("load_legal_data", stdout=human)
    call_command("load_legal_data", "--json", stdout=machine)

    assert human.getvalue() == f"0 created, 0 updated, {ROWS} unchanged, 0 kept\n"
    assert json.loads(machine.getvalue()) == {
        "created": 0,
        "updated": 0,
        "unchanged": ROWS,
        "kept": 0,
    }


def test_the_command_fails_with_a_sentence(tmp_path, folder):
    (folder / "thresholds.csv").write_text("key,wrong\nX,1\n")

    with pytest.raises(CommandError, match=r"thresholds\.csv, line 2"):
        call_command("load_legal_data", "--folder", str(folder))
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_legal_data", "--folder", str(tmp_path / "nowhere"))


def test_migrating_our_tables_away_loads_nothing():
    LegalRate.objects.filter(half_year="2026-H1").delete()

    load_after_migrate(using="default", apps=Apps())

    assert LegalRate.objects.filter(half_year="2026-H1").exists() is False


def test_every_rate_row_covers_exactly_its_half_year():
    for rate in LegalRate.objects.all():
        first_month = 1 if rate.half_year.endswith("H1") else 7
        assert rate.valid_from == dt.date(int(rate.half_year[:4]), first_month, 1)
        assert (rate.valid_to.month, rate.valid_to.day) == (
            (6, 30) if first_month == 1 else (12, 31)
        )


def test_the_values_of_a_wording_are_known():
    assert shipped_placeholders("AAB") == {"percent", "days"}
    assert shipped_placeholders("NONSENSE") == set()
