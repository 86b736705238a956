"""What we ship to the browser is what we say it is, and no more."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
CSS = (STATIC / "css" / "app.css").read_text()
VENDORED = re.findall(
    r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$",
    (STATIC / "vendor" / "VENDOR.md").read_text(),
    re.MULTILINE,
)
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))


def all_templates():
    printed = {"emails", "documents"}  # mails and PDFs follow other rules
    return [path for path in TEMPLATES.rglob("*.html") if not printed & set(path.parts)]


@pytest.mark.parametrize(("name", "digest"), VENDORED)
def test_a_vendored_file_is_the_published_one(name, digest):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


def test_every_file_of_others_is_listed_with_its_hash():
    theirs = {
        str(path.relative_to(STATIC))
        for path in [*STATIC.rglob("*.min.js"), *STATIC.rglob("*.woff2"), STATIC / "icons.svg"]
    }

    assert {name for name, _digest in VENDORED} == theirs


def test_the_style_sheet_stays_small():
    assert len(CSS.encode()) <= 36 * 1024
    assert len(gzip.compress(CSS.encode(), 9)) <= 8 * 1024


def test_the_first_page_weighs_less_than_100_kib():
    sheets = [STATIC / "css" / "app.css", STATIC / "js" / "app.js", STATIC / "icons.svg"]
    scripts = list((STATIC / "vendor").glob("*.js"))
    fonts = list((STATIC / "fonts").glob("*.woff2"))

    wire = sum(len(gzip.compress(path.read_bytes(), 9)) for path in sheets + scripts)
    wire += sum(path.stat().st_size for path in fonts)

    assert wire <= 85 * 1024  # 15 are left for the page itself


def test_both_dark_palettes_are_the_same():
    by_system = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', CSS, re.DOTALL)[1]
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', CSS, re.DOTALL)[1]

    assert by_choice.replace("color-scheme: dark;", "").split() == by_system.split()


def test_every_variable_that_is_used_is_defined():
    defined = set(re.findall(r"(--[\w-]+):", CSS))
    used = set(re.findall(r"var\((--[\w-]+)", CSS))

    assert used - defined == set()


def test_every_icon_that_is_named_is_in_the_sprite():
    named = set()
    for path in [*all_templates(), *ROOT.glob("*/templatetags/*.py")]:
        text = path.read_text()
        named |= set(re.findall(r'{% icon "([\w-]+)"', text))
        named |= set(re.findall(r'\bicon="([\w-]+)"', text))

    assert named - SYMBOLS == set()


@pytest.mark.parametrize("path", all_templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_no_inline_script_or_style_and_stays_short(path):
    text = path.read_text()
    is_partial = path.name.startswith("_") or "components" in path.parts

    assert re.findall(r"<style|\sstyle=|\son\w+=|hx-on|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"\{#[^}]*\n", text) == []  # Django's short comments end on their line
    assert len(text.splitlines()) <= (40 if is_partial else 80)
