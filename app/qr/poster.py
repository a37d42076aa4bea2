"""The poster of a code: what a shop hangs up and a member shares. Chinese, 1080 × 1620 pixels.

It says what happens and promises nothing for following: WeChat forbids rewarding that (fact E1).
"""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache

from PIL import Image, ImageDraw

from app.core.world import BEIJING
from app.qr import canvas
from app.qr.canvas import CARD, INK, MIDDLE, MUTED, PINE, WHITE, WIDTH
from app.qr.captions import Caption
from app.qr.lettering import fitted, font
from app.qr.pictures import modules, picture

COMPRESSION = 3  # half the time of the usual 6, for a fifth more bytes
CODE_SIDE = 600
CODE_MIDDLE = 1000
LOGO_SHARE = 0.2
TITLE_SIZES = (68, 62, 56, 50, 44)
LINE_SIZES = (36, 33, 30)
TEXT_WIDTH = CARD[2] - CARD[0] - 120


@lru_cache(maxsize=64)
def poster(content: str, caption: Caption, expires_at: datetime | None) -> bytes:
    """The poster as PNG: the code of `content`, the caption, and until when it works (UTC)."""
    image = canvas.blank().copy()
    draw = ImageDraw.Draw(image)
    _write_caption(draw, caption)
    _paste_code(image, content)
    _write_foot(draw, expires_at)
    buffer = io.BytesIO()
    reduced = image.quantize(palette=canvas.palette(), dither=Image.Dither.NONE)
    reduced.save(buffer, "PNG", compress_level=COMPRESSION)
    return buffer.getvalue()


def _write_caption(draw: ImageDraw.ImageDraw, caption: Caption) -> None:
    title, title_font = fitted(caption.title, TEXT_WIDTH, TITLE_SIZES, is_bold=True)
    draw.text((MIDDLE, 552), title, INK, title_font, anchor="mm")
    line, line_font = fitted(caption.line, TEXT_WIDTH, LINE_SIZES)
    draw.text((MIDDLE, 626), line, MUTED, line_font, anchor="mm")


def _paste_code(image: Image.Image, content: str) -> None:
    dark = modules(content, is_covered=True, quiet=0)
    code = picture(dark, CODE_SIDE, PINE, WHITE)
    image.paste(code, _around_middle(code))
    covered = int(len(dark) * LOGO_SHARE) | 1  # an odd number of whole modules
    logo = canvas.logo(covered * code.width // len(dark))
    image.paste(logo, _around_middle(logo))


def _around_middle(part: Image.Image) -> tuple[int, int]:
    return MIDDLE - part.width // 2, CODE_MIDDLE - part.height // 2


def _write_foot(draw: ImageDraw.ImageDraw, expires_at: datetime | None) -> None:
    text = "本码长期有效"
    if expires_at is not None:
        day = expires_at.astimezone(BEIJING)
        text = f"本码有效期至 {day.year} 年 {day.month} 月 {day.day} 日"
    draw.text((WIDTH // 2, 1577), text, MUTED, font(text, 26), anchor="mm")
