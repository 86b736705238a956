"""French is complete, and the tools that keep it so."""

import datetime as dt
import gettext
import os
import time
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.formats import date_format

from config import translations

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = '''
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy

GREETING = _("Good morning")
STATE = pgettext_lazy("state", "Sent")


def count(n):
    """Not _("a sentence")."""
    return ngettext("%(count)s invoice", "%(count)s invoices", n) % {"count": n}
'''
TEMPLATE = """
{% if client %}
    <h1 title="{% translate "Late fees" %}">{% blocktranslate trimmed with name=client.name %}
      Dear {{ name }},
      hello
    {% endblocktranslate %}</h1>
  {% endif %}
{% include "x.html" with label=_("Pay now") only %}
{% blocktranslate count days=late %}{{ days }} day{% plural %}{{ days }} days{% endblocktranslate %}
"""
TRANSLATED = {
    "Good morning": "Bonjour",
    "Sent": "Envoyée",
    "%(count)s invoice": ("%(count)s facture", "%(count)s factures"),
    "Late fees": "Pénalités de retard",
    "Dear %(name)s, hello": "Bonjour %(name)s",
    "Pay now": "Payer maintenant",
    "%(days)s day": ("%(days)s jour", "%(days)s jours"),
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "invoices").mkdir()
    (tmp_path / "invoices" / "models.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


def translate(project, **changes):
    catalog, _dropped = translations.merge(project, "fr")
    for message in catalog:
        if message.id:
            first = message.id if isinstance(message.id, str) else message.id[0]
            message.string = {**TRANSLATED, **changes}[first]
    translations._write(translations.po_path(project, "fr"), catalog)


def problems(project):
    return [str(problem) for problem in translations.check(project, "fr")]


def test_french_is_complete():
    assert [str(problem) for problem in translations.check(ROOT, "fr")] == []


def test_sentences_are_found_in_code_and_templates(project):
    catalog = translations.extract_catalog(project)

    found = {(message.context, message.id) for message in catalog if message.id}

    assert found == {
        (None, "Good morning"),
        ("state", "Sent"),
        (None, ("%(count)s invoice", "%(count)s invoices")),
        (None, "Late fees"),
        (None, "Dear %(name)s, hello"),
        (None, "Pay now"),
        (None, ("%(days)s day", "%(days)s days")),
    }


def test_each_untranslated_sentence_is_named(project):
    translations.merge(project, "fr")

    assert len(problems(project)) == 7
    assert "missing: 'Good morning'" in problems(project)


def test_a_translated_project_has_no_problem(project):
    translate(project)

    assert problems(project) == []


@pytest.mark.parametrize(
    ("english", "french", "why"),
    [
        ("Dear %(name)s, hello", "Bonjour", "other placeholders"),
        ("Dear %(name)s, hello", "Bonjour %(nom)s", "other placeholders"),
        ("%(days)s day", ("%(days)s jour", ""), "missing"),
        ("Good morning", "L'aube", 'typography of "L\'aube"'),
        ("Good morning", "Bonjour !", "typography of 'Bonjour !'"),
        ("Good morning", "Bonjour:", "typography of 'Bonjour:'"),
    ],
)
def test_a_faulty_translation_is_named(project, english, french, why):
    translate(project, **{english: french})

    assert problems(project) == [f"{why}: {english!r}"]


def test_a_no_break_space_before_a_mark_is_good_french(project):
    translate(project, **{"Good morning": "Bonjour\u00a0!", "Pay now": "Payer\u202f?"})

    assert problems(project) == []


def test_a_doubtful_translation_is_named(project):
    translate(project)
    path = translations.po_path(project, "fr")
    path.write_text(path.read_text().replace('msgid "Pay now"', '#, fuzzy\nmsgid "Pay now"'))

    assert problems(project) == ["doubtful (fuzzy): 'Pay now'"]


def test_merging_keeps_translations_and_drops_what_is_gone(project):
    translate(project)
    code = project / "invoices" / "models.py"
    code.write_text(CODE.replace("Good morning", "Good evening"))
    before = problems(project)

    catalog, dropped = translations.merge(project, "fr")

    assert before == ["missing: 'Good evening'", "no longer in the code: 'Good morning'"]
    assert dropped == {"Good morning"}
    assert catalog.get("Pay now").string == "Payer maintenant"
    assert problems(project) == ["missing: 'Good evening'"]


def test_merging_twice_writes_the_same_file(project):
    translate(project)
    path = translations.po_path(project, "fr")
    translations.merge(project, "fr")
    first = path.read_bytes()

    translations.merge(project, "fr")

    assert path.read_bytes() == first


def test_the_compiled_file_is_what_gettext_reads(project):
    translate(project)

    [path] = translations.compile_catalogs(project)

    with path.open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Pay now") == "Payer maintenant"
    assert french.pgettext("state", "Sent") == "Envoyée"
    assert french.ngettext("%(days)s day", "%(days)s days", 1) == "%(days)s jour"
    assert french.ngettext("%(days)s day", "%(days)s days", 2) == "%(days)s jours"


def test_compiling_again_does_nothing_until_the_source_is_newer(project):
    translate(project)
    [path] = translations.compile_catalogs(project)

    again = translations.compile_catalogs(project)
    later = time.time() + 10
    os.utime(translations.po_path(project, "fr"), (later, later))

    assert again == []
    assert translations.compile_catalogs(project) == [path]


@pytest.mark.parametrize(
    ("language", "written"), [("fr", "11/12/2026 17:05"), ("en", "11 Dec 2026, 17:05")]
)
def test_a_day_is_never_read_as_another(language, written):
    moment = dt.datetime(2026, 12, 11, 17, 5, tzinfo=dt.UTC)

    with translation.override(language):
        assert date_format(moment, "SHORT_DATETIME_FORMAT") == written
