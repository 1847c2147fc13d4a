"""Whatever colour text or an edge has, it can be read, by day, by night and in the room.

WCAG 2.2 asks for 4.5 where there is text and 3 where there is an edge; where reading is long, we ask for 7.
"""

import re

import pytest

from tests.house.source import STATIC

TONES = ("danger", "urgent", "grief", "good", "wait", "info", "guide", "quiet")
PAIRS = [
    *[("ink", back, 7) for back in ("page", "surface", "sunken")],
    *[("ink-soft", "page", 7), ("ink-soft", "surface", 7), ("ink-soft", "sunken", 4.5)],
    *[("link", "page", 4.5), ("link", "surface", 4.5), ("action", "page", 3)],
    *[("on-action", "action", 7), ("on-action", "action-hover", 7)],
    *[("line-strong", "surface", 3), ("line-strong", "page", 3)],
    *[("on-band", "band", 7), ("on-band-soft", "band", 7), ("go", "band", 3)],
    *[("on-go", "go", 7), ("on-go", "go-hover", 7)],
    *[(f"on-{tone}", tone, 4.5) for tone in TONES],
    *[(f"{tone}-ink", f"{tone}-tint", 7) for tone in TONES],
    *[(f"{tone}-ink", "surface", 7) for tone in TONES],
    *[("ink", f"{tone}-tint", 7) for tone in TONES],
    *[(tone, "surface", 3) for tone in TONES if tone != "danger"],
    *[(f"c{number}", "surface", 3) for number in range(1, 6)],
]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    """Return the colours by name: at night, and in the room, what is not said again stays as it was."""
    day, night = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8").split("(prefers-color-scheme: dark)")
    room = (STATIC / "css" / "components" / "room.css").read_text(encoding="utf-8")
    light, dark, inside = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", part)) for part in (day, night, room))
    return {"day": light, "night": light | dark, "room by day": light | inside, "room by night": light | dark | inside}


@pytest.mark.parametrize("when", ["day", "night"])
@pytest.mark.parametrize(("fore", "back", "least"), PAIRS, ids=str)
def test_it_can_be_read(when, fore, back, least):
    colours = schemes()[when]
    assert contrast(colours[fore], colours[back]) >= least


ROOM = re.findall(r"--([\w-]+):", (STATIC / "css" / "components" / "room.css").read_text(encoding="utf-8"))


@pytest.mark.parametrize("when", ["room by day", "room by night"])
@pytest.mark.parametrize(("fore", "back", "least"), [pair for pair in PAIRS if set(pair[:2]) <= set(ROOM)], ids=str)
def test_it_can_be_read_in_the_room(when, fore, back, least):
    colours = schemes()[when]
    assert contrast(colours[fore], colours[back]) >= least


@pytest.mark.parametrize("when", ["day", "night"])
@pytest.mark.parametrize("back", ["page", "surface", "sunken", "band", "go", "action", "danger"])
def test_one_of_the_two_rings_of_focus_always_shows(when, back):
    colours = schemes()[when]
    assert max(contrast(colours[ring], colours[back]) for ring in ("focus", "focus-halo")) >= 3


def test_black_on_white_is_the_most_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


def test_every_colour_a_style_names_exists():
    styles = [path.read_text(encoding="utf-8") for path in (STATIC / "css").rglob("*.css")]
    known = {name for text in styles for name in re.findall(r"--([\w-]+)\s*:", text)}
    used = {name for text in styles for name in re.findall(r"var\(--([\w-]+)", text)}
    assert used - known == set()
