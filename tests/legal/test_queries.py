"""What the tables answer for a day, with the data that ships."""

import datetime as dt
from decimal import Decimal

import pytest

from legal.errors import RateMissing, TextIncomplete, TextMissing, ThresholdMissing
from legal.models import LegalRate, LegalText, LegalThreshold
from legal.queries import (
    check_agreed_rate,
    fill,
    rate_for,
    rates_between,
    text,
    threshold,
    vat_rates,
)
from legal.rates import HalfYearRates, RateTooLow, check_contract_rate

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)


def test_the_rates_of_a_known_half_year():
    rates = rate_for(dt.date(2025, 10, 1))

    assert rates == HalfYearRates(
        half_year="2025-H2",
        valid_from=dt.date(2025, 7, 1),
        valid_to=dt.date(2025, 12, 31),
        legal_pro=Decimal("2.76"),
        legal_individual=Decimal("6.65"),
        ecb_refi=Decimal("2.15"),
        source="arrete 2025-06-19",
    )


@pytest.mark.parametrize(
    ("day", "half_year"), [(TODAY, "2026-H2"), (dt.date(2018, 12, 31), "2018-H2")]
)
def test_a_half_year_without_rates_is_named(day, half_year):
    with pytest.raises(RateMissing) as refusal:
        rate_for(day)

    assert refusal.value.half_year == half_year


def test_a_half_year_of_which_something_is_known_is_given_as_it_is():
    LegalRate.objects.filter(half_year="2026-H2").update(ecb_refi=Decimal("2.15"))

    rates = rate_for(TODAY)

    assert (rates.ecb_refi, rates.legal_pro) == (Decimal("2.15"), None)


def test_rates_between_two_days_are_those_of_every_half_year_touched():
    found = rates_between(dt.date(2025, 6, 30), TODAY)

    assert [rates.half_year for rates in found] == ["2025-H1", "2025-H2", "2026-H1", "2026-H2"]
    assert found[-1].ecb_refi is None


def test_a_mention_is_worded_as_of_the_day():
    before = text("FRANCHISE", dt.date(2026, 8, 31), "fr")
    after = text("FRANCHISE", dt.date(2026, 9, 1), "fr")

    assert before == "TVA non applicable, art.\u00a0293 B du CGI"
    assert after == "TVA non applicable, article L.\u00a0223-3 du CIBS"


def test_a_mention_takes_its_values():
    said = text("PMT", TODAY, "fr", amount="40 €")

    assert said == (
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard\u00a0: 40 €."
    )
    with pytest.raises(TextIncomplete):
        text("PMT", TODAY, "fr")


def test_a_value_is_put_in_as_it_is():
    assert fill("{name}: {other}", name="{other}", other="x") == "{other}: x"


@pytest.mark.parametrize(
    ("key", "day", "language"),
    [
        ("FRANCHISE_CIBS", dt.date(2026, 8, 31), "fr"),
        ("FRANCHISE_CGI", dt.date(2028, 1, 1), "fr"),
        ("FRANCHISE", TODAY, "de"),
        ("NONSENSE", TODAY, "fr"),
    ],
)
def test_a_mention_that_is_not_valid_is_missing(key, day, language):
    with pytest.raises(TextMissing):
        text(key, day, language)


def test_every_mention_exists_in_both_languages_with_the_same_values():
    rows = LegalText.objects.values_list("key", "valid_from", "language", "text")
    versions = {}
    for key, start, language, wording in rows:
        names = sorted(part.split("}")[0] for part in wording.split("{")[1:])
        versions.setdefault((key, start), {})[language] = names

    assert [key for key, found in versions.items() if found.keys() != {"fr", "en"}] == []
    assert [key for key, found in versions.items() if found["fr"] != found["en"]] == []


def test_a_threshold_changes_on_its_day():
    assert threshold("CONSUMER_DEFERRAL", dt.date(2026, 11, 19)) == 90
    assert threshold("CONSUMER_DEFERRAL", dt.date(2026, 11, 20)) == 50
    assert threshold("RECOVERY_INDEMNITY", TODAY) == 40


def test_a_later_start_overrides_what_is_still_open():
    LegalThreshold.objects.create(
        key="RECOVERY_INDEMNITY",
        value=Decimal(50),
        unit=LegalThreshold.Unit.EUR,
        valid_from=dt.date(2027, 1, 1),
        source="a law to come",
    )

    assert threshold("RECOVERY_INDEMNITY", dt.date(2026, 12, 31)) == 40
    assert threshold("RECOVERY_INDEMNITY", dt.date(2027, 1, 1)) == 50


def test_an_unknown_threshold_is_missing():
    with pytest.raises(ThresholdMissing) as refusal:
        threshold("NONSENSE", TODAY)

    assert str(refusal.value) == (
        "No value of the legal threshold NONSENSE is valid on 2026-11-22."
    )


@pytest.mark.parametrize(
    ("territory", "rates"),
    [
        ("METROPOLE", ["20.00", "10.00", "5.50", "2.10"]),
        ("CORSICA", ["20.00", "13.00", "10.00", "5.50", "2.10", "0.90"]),
        ("REUNION", ["8.50", "2.10", "1.75", "1.05"]),
        ("MAYOTTE", ["0.00"]),
        ("ATLANTIS", []),
    ],
)
def test_each_territory_has_its_vat_rates(territory, rates):
    assert [str(row.rate) for row in vat_rates(territory, TODAY)] == rates
    assert list(vat_rates(territory, dt.date(2013, 12, 31))) == []


def test_an_agreed_rate_may_not_be_below_three_times_the_legal_rate():
    check_agreed_rate(Decimal("7.86"), dt.date(2026, 6, 30))
    with pytest.raises(RateTooLow) as refusal:
        check_agreed_rate(Decimal("7.85"), dt.date(2026, 6, 30))

    assert str(refusal.value) == (
        "A late-payment rate of 7.85 % is below the lawful minimum of 7.86 %"
        " (3 times the legal rate of 2026-H1)."
    )


def test_the_floor_of_a_half_year_without_a_legal_rate_is_the_last_one_known():
    LegalRate.objects.filter(half_year="2026-H2").update(ecb_refi=Decimal("2.15"))

    with pytest.raises(RateTooLow) as refusal:
        check_agreed_rate(Decimal("7.85"), TODAY)

    assert refusal.value.params["half_year"] == "2026-H1"


def test_the_floor_follows_the_legal_rate_as_soon_as_it_is_known():
    LegalRate.objects.filter(half_year="2026-H2").update(legal_pro=Decimal("2.50"))

    check_agreed_rate(Decimal("7.50"), TODAY)
    with pytest.raises(RateTooLow) as refusal:
        check_agreed_rate(Decimal("7.49"), TODAY)

    assert refusal.value.params["half_year"] == "2026-H2"


def test_no_rate_is_refused_before_any_legal_rate_is_known():
    before_the_tables = dt.date(2018, 12, 31)

    assert check_agreed_rate(Decimal("0.01"), before_the_tables) is None


def test_no_rate_is_refused_where_no_floor_is_known():
    LegalThreshold.objects.filter(key="LEGAL_RATE_FLOOR").delete()

    assert check_agreed_rate(Decimal("0.01"), TODAY) is None


def test_a_floor_that_is_not_known_is_not_guessed():
    rates = rates_between(TODAY, TODAY)[0]

    with pytest.raises(RateMissing):
        check_contract_rate(Decimal(12), rates, Decimal(3))
