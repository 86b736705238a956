"""Characters the font lacks, colours too pale to read, logos as people upload them."""

import io

import pytest
from PIL import Image

from invoices.documents.accent import HOUSE_COLOUR, UnreadableLogo, normalise_logo, readable_colour
from invoices.documents.glyphs import printable, unprintable_characters
from invoices.documents.wording import ENGLISH, FRENCH, long_date, short_date
from tests.invoices.documents.samples import ISSUED, a_logo


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1 234,50 € – œuvre − n° 5", "1 234,50 € – œuvre − n° 5"),
        ("1\u00a0234\u202f€", "1\u00a0234\u202f€"),
        ("Dvořák, Łódź, Ÿ, Žižek, İstanbul", "Dvořák, Łódź, Ÿ, Žižek, İstanbul"),
        ("Ελλάδα Привет", "Ελλάδα Привет"),
        ("e\u0301te\u0301", "été"),
        ("① ㎡ ｆｕｌｌ", "1 m2 full"),
        ("soft\u00adhyphen \ufeffBOM \u202eflip\u0007", "softhyphen BOM flip"),
        ("fête 🎉", "fête □"),
        ("a\tb\nc", "a\tb\nc"),
    ],
)
def test_text_is_brought_within_the_font(typed, shown):
    assert printable(typed) == shown


def test_forms_can_name_what_would_be_lost():
    assert unprintable_characters("東京 café ① 🎉 東") == "東京🎉"
    assert unprintable_characters("Café de l’Évêché, Łódź") == ""


@pytest.mark.parametrize(
    ("chosen", "printed"),
    [
        ("#0f5a46", "#0f5a46"),
        ("#F4B740", "#977025"),
        ("#ffffff", "#717171"),
        ("", HOUSE_COLOUR),
        ("red; } body { display: none", HOUSE_COLOUR),
    ],
)
def test_colour_is_darkened_until_it_can_be_read(chosen, printed):
    assert readable_colour(chosen) == printed


@pytest.mark.parametrize(
    ("mode", "form"),
    [("RGBA", "PNG"), ("P", "PNG"), ("L", "PNG"), ("CMYK", "JPEG"), ("RGB", "WEBP")],
)
def test_any_logo_becomes_an_rgb_png(mode, form):
    with Image.open(io.BytesIO(normalise_logo(a_logo(mode, form)))) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (640, 200))


def test_large_logo_is_made_small():
    out = io.BytesIO()
    Image.new("RGB", (4000, 1000), "navy").save(out, "PNG")

    with Image.open(io.BytesIO(normalise_logo(out.getvalue()))) as image:
        assert image.size == (680, 170)


def test_transparent_logo_lies_on_white():
    with Image.open(io.BytesIO(normalise_logo(a_logo()))) as image:
        assert image.getpixel((220, 5)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n truncated"])
def test_what_is_no_image_is_refused(content):
    with pytest.raises(UnreadableLogo, match="not a PNG, JPEG or WebP"):
        normalise_logo(content)


def test_image_of_too_many_pixels_is_refused():
    out = io.BytesIO()
    Image.new("1", (10_000, 5_000)).save(out, "PNG")

    with pytest.raises(UnreadableLogo, match="too large"):
        normalise_logo(out.getvalue())


def test_dates_are_written_as_each_language_does():
    first = ISSUED.replace(month=12, day=1)

    assert long_date(first, "fr") == "1er\u00a0décembre\u00a02026"
    assert long_date(first, "en") == "1\u00a0December\u00a02026"
    assert short_date(first, "fr") == "01/12/2026"
    assert short_date(first, "en") == "1\u00a0Dec\u00a02026"


def test_every_word_exists_in_both_languages():
    assert [len(FRENCH.months), len(ENGLISH.months)] == [12, 12]
    assert FRENCH.kinds.keys() == ENGLISH.kinds.keys()
    assert FRENCH.operations.keys() == ENGLISH.operations.keys()
    assert FRENCH.categories.keys() == ENGLISH.categories.keys()
