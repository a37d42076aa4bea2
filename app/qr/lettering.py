"""Sets Chinese text with the vendored fonts; what they do not cover is left out, not boxed."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from unicodedata import category

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

FONTS = Path(__file__).resolve().parent / "fonts"
REGULAR = "NotoSansSC-Regular-Subset.otf"
BOLD = "NotoSansSC-Bold-Subset.otf"
PROBE_SIZE = 24
NO_CHARACTER = "\U0010ffff"
ELLIPSIS = "…"


def covered(text: str) -> str:
    """The text without what no font covers (emoji, rare Han, control characters)."""
    kept = "".join(letter for letter in text if letter.isspace() or _has_glyph(REGULAR, letter))
    return re.sub(r"\s+", " ", kept).strip()


def font_files() -> tuple[Path, Path]:
    """The vendored fonts, regular and bold, for who sets text elsewhere."""
    return FONTS / REGULAR, FONTS / BOLD


def font(text: str, size: int, *, is_bold: bool = False) -> FreeTypeFont:
    """The font for a covered text, `size` in pixels: bold if all of it can be bold."""
    can_be_bold = is_bold and all(letter == " " or _has_glyph(BOLD, letter) for letter in text)
    return _load(BOLD if can_be_bold else REGULAR, size)


def fitted(
    text: str, width: float, sizes: tuple[int, ...], *, is_bold: bool = False
) -> tuple[str, FreeTypeFont]:
    """The covered text and the largest of `sizes` at which it is within `width` pixels; at the
    smallest it is shortened with an ellipsis."""
    text = covered(text)
    for size in sizes:
        chosen = font(text, size, is_bold=is_bold)
        if chosen.getlength(text) <= width:
            return text, chosen
    while text and chosen.getlength(text + ELLIPSIS) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS, chosen


@lru_cache(maxsize=20_000)
def _has_glyph(name: str, letter: str) -> bool:
    """Whether the font draws the letter otherwise than as the box of a missing one."""
    if category(letter)[0] in "CM":  # control characters and marks that only change another
        return False
    return _drawn(name, letter) != _drawn(name, NO_CHARACTER)


def _drawn(name: str, letter: str) -> bytes:
    return bytes(_load(name, PROBE_SIZE).getmask(letter))


@lru_cache(maxsize=64)
def _load(name: str, size: int) -> FreeTypeFont:
    return ImageFont.truetype(FONTS / name, size)
