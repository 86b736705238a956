"""A tenant's colour is always readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.theme import (
    DARK_PAGE,
    LIGHT_PAGE,
    InvalidColor,
    Shade,
    contrast,
    parse_color,
    shade_on,
    theme_css,
)

COLORS = st.from_regex(r"#[0-9A-F]{6}", fullmatch=True)


def test_black_on_white_has_the_greatest_contrast():
    assert contrast("#000000", "#FFFFFF") == 21.0
    assert contrast("#0F5A46", "#0F5A46") == 1.0


def test_the_contrast_of_our_ink_blue_is_the_measured_one():
    assert round(contrast("#1E3A5F", "#FFFFFF"), 1) == 11.5


def test_a_dark_green_is_left_alone_on_white():
    assert shade_on("#0f5a46", LIGHT_PAGE) == Shade("#0F5A46", "#0D4C3B", "#FFFFFF")


def test_a_pale_colour_is_darkened_until_it_can_be_seen():
    shade = shade_on("#FFFF00", LIGHT_PAGE)

    assert contrast(shade.ground, LIGHT_PAGE) >= 3
    assert shade.text == "#000000"


@given(COLORS, st.sampled_from([LIGHT_PAGE, DARK_PAGE]))
def test_every_colour_gives_a_visible_button_with_readable_text(color, page):
    shade = shade_on(color, page)

    assert contrast(shade.ground, page) >= 3
    assert contrast(shade.ground, shade.text) >= 4.5
    assert contrast(shade.hover, shade.text) >= 4.5


@pytest.mark.parametrize("text", ["", "0F5A46", "#0F5A4", "#GGGGGG", "#0F5A46;}", "red"])
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(InvalidColor):
        parse_color(text)


def test_the_style_sheet_sets_three_properties_for_light_and_dark():
    light = "--tenant:#0F5A46;--tenant-hover:#0D4C3B;--on-tenant:#FFFFFF"

    sheet = theme_css("#0F5A46").splitlines()

    assert sheet[0] == f":root{{{light}}}"
    assert sheet[1].startswith("@media (prefers-color-scheme:dark){:root:not([data-theme=light]){")
    assert sheet[2].startswith(":root[data-theme=dark]{--tenant:")
