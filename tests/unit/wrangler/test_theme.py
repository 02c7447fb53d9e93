"""What is written can be read, whatever the colour behind it."""

from __future__ import annotations

import pytest

from wrangler.icons import icon
from wrangler.theme import COLOURS, TONES, style_sheet


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it; 4.5 is what small text needs."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tone", TONES)
def test_the_word_on_a_state_can_be_read(tone):
    fill, ink = TONES[tone]
    assert contrast(fill, ink) >= 4.5


@pytest.mark.parametrize("text", ["text", "quiet", "error", "warning", "good"])
@pytest.mark.parametrize("ground", ["base", "window", "stripe"])
def test_text_can_be_read_on_every_ground(text, ground):
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


def test_selected_text_can_be_read():
    assert contrast(COLOURS["text"], COLOURS["selected"]) >= 4.5


def test_every_name_in_the_style_sheet_is_a_colour():
    assert "@" not in style_sheet().partition("*/")[2]


def test_an_icon_that_is_not_there_is_an_error(qapp):
    with pytest.raises(FileNotFoundError):
        icon("nothing")
