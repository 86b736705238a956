"""Names are found however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search import search_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Éléonore  Cœur", "eleonore coeur"),
        ("L’Oréal", "l'oreal"),
        ("GARÇON\u00a0& Fils", "garcon & fils"),
        ("Straße Łódź Ørsted", "strasse lodz orsted"),
        ("Saint\u2011Étienne", "saint-etienne"),
        ("ﬁnance", "finance"),
        ("", ""),
    ],
)
def test_case_accents_and_typography_do_not_matter(text, key):
    assert search_key(text) == key


@given(st.text())
def test_the_key_of_a_key_is_itself(text):
    assert search_key(search_key(text)) == search_key(text)


@given(st.text(alphabet="aàâbcçdeéèêëfghiîïjlmnoôöpqrstuùûüvwxyzœæ '-"))
def test_capitals_have_the_same_key(text):
    assert search_key(text.upper()) == search_key(text)
