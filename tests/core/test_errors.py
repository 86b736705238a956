"""The sentence and its values stay apart until someone reads them."""

import datetime as dt
import pickle

from django.utils.translation import gettext_lazy, override

from core.errors import DomainError
from legal.errors import RateMissing

FRENCH = {"Due on %(day)s.": "Échéance le %(day)s."}


def test_the_error_reads_as_its_sentence_with_the_values_in_it():
    error = DomainError("Due on %(day)s.", day=dt.date(2026, 11, 22))

    assert str(error) == "Due on 2026-11-22."


def test_the_interface_translates_the_sentence_and_shows_the_values_its_own_way():
    error = DomainError("Due on %(day)s.", day=dt.date(2026, 11, 22))

    assert error.text(FRENCH.get, lambda day: f"{day:%d/%m/%Y}") == "Échéance le 22/11/2026."


def test_a_sentence_without_values_may_hold_a_percent_sign():
    assert str(DomainError("100 % is too much.")) == "100 % is too much."


def test_a_lazy_sentence_is_translated_when_it_is_read():
    error = DomainError(gettext_lazy("January"))

    with override("fr"):
        assert str(error) == "janvier"


def test_an_error_survives_a_trip_to_another_process():
    error = pickle.loads(pickle.dumps(DomainError("%(count)s lines.", count=3)))
    missing = pickle.loads(pickle.dumps(RateMissing("2026-H2")))

    assert str(error) == "3 lines."
    assert missing.half_year == "2026-H2"
