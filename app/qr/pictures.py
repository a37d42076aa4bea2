"""Draws a content as a QR code: PNG for screens, SVG for print."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

QUIET_MODULES = 4
PNG_SIDE_PIXELS = 600

Modules = list[list[bool]]
Colour = tuple[int, int, int]


def modules(content: str, *, is_covered: bool = False, quiet: int = QUIET_MODULES) -> Modules:
    """The code's modules within `quiet` light ones on each side; True is dark.

    `is_covered` asks for error correction H, for a code with a logo in its middle.
    """
    code = _code(content, ERROR_CORRECT_H if is_covered else ERROR_CORRECT_M, quiet)
    matrix: Modules = code.get_matrix()
    return matrix


def picture(
    dark: Modules, side: int, ink: Colour = (0, 0, 0), paper: Colour = (255, 255, 255)
) -> Image.Image:
    """The modules as a picture in two colours, as large as whole pixels fit into `side`."""
    count = len(dark)
    image = Image.new("RGB", (count, count))
    image.putdata([ink if module else paper for row in dark for module in row])
    scale = max(1, side // count)
    return image.resize((count * scale, count * scale), Image.Resampling.NEAREST)


@lru_cache(maxsize=256)
def png(content: str) -> bytes:
    """The code as PNG, about 600 pixels wide."""
    buffer = io.BytesIO()
    picture(modules(content), PNG_SIDE_PIXELS).convert("1").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@lru_cache(maxsize=256)
def svg(content: str) -> bytes:
    """The code as SVG, one path."""
    image = _code(content, ERROR_CORRECT_M, QUIET_MODULES).make_image(image_factory=SvgPathImage)
    drawn: bytes = image.to_string(encoding="utf-8", xml_declaration=True)
    return drawn


def _code(content: str, error_correction: int, quiet: int) -> Any:
    code = qrcode.QRCode(error_correction=error_correction, border=quiet)
    code.add_data(content)
    code.make(fit=True)
    return code
