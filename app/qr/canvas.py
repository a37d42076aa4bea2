"""The poster's paper: everything that is the same on each poster, drawn once for each process."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from app.qr.lettering import font

WIDTH, HEIGHT = 1080, 1620
MIDDLE = WIDTH // 2
FINE = 2  # shapes are drawn twice as large and shrunk, so that their edges are smooth
PINE, LEAF, GOLD = (14, 77, 60), (24, 98, 77), (226, 176, 84)
PAPER, WHITE, INK, MUTED = (250, 246, 237), (255, 255, 255), (28, 38, 34), (112, 120, 114)
CREAM = (250, 243, 226)
HEADER_HEIGHT = 760
CARD = (90, 480, 990, 1400)
CARD_RADIUS = 44
STEPS = ("微信扫一扫", "关注公众号", "全联盟通用")
STEP_TOP = 1480
RINGS = ((600, -190, 430), (820, 20, 430), (640, 250, 300))
HEADLINES = (("一码入会", 112, 240), ("异业联盟 · 家家通用", 50, 362))

Box = tuple[int, int, int, int]


@lru_cache(maxsize=1)
def blank() -> Image.Image:
    """The paper with header, card and steps. Copy it before drawing on it."""
    large = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
    _header(large)
    _shadow(large)
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle(_fine(CARD), CARD_RADIUS * FINE, WHITE)
    _brand_shape(draw)
    _step_shapes(draw)
    image = large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    _letters(ImageDraw.Draw(image))
    return image


@lru_cache(maxsize=1)
def palette() -> Image.Image:
    """The colours of the paper, into which posters are reduced: a tenth of the bytes."""
    return blank().quantize(256, method=Image.Quantize.MEDIANCUT)


@lru_cache(maxsize=8)
def logo(side: int) -> Image.Image:
    """The mark for the middle of a code, `side` pixels, on white."""
    large = side * 4
    image = Image.new("RGB", (large, large), WHITE)
    draw = ImageDraw.Draw(image)
    edge = large // 11
    draw.rounded_rectangle((edge, edge, large - edge, large - edge), large // 6, PINE)
    letter = font("联", large * 6 // 11, is_bold=True)
    draw.text((large // 2, large // 2), "联", GOLD, letter, anchor="mm")
    return image.resize((side, side), Image.Resampling.LANCZOS)


def _fine(box: Box) -> Box:
    left, top, right, bottom = box
    return left * FINE, top * FINE, right * FINE, bottom * FINE


def _header(image: Image.Image) -> None:
    """A pine-green field that ends in a wide curve, with linked rings in it."""
    draw = ImageDraw.Draw(image)
    draw.rectangle(_fine((0, 0, WIDTH, HEADER_HEIGHT - 120)), PINE)
    draw.ellipse(_fine((-260, HEADER_HEIGHT - 330, WIDTH + 260, HEADER_HEIGHT)), PINE)
    for left, top, size in RINGS:
        draw.ellipse(_fine((left, top, left + size, top + size)), None, LEAF, 30 * FINE)


def _shadow(image: Image.Image) -> None:
    mask = Image.new("L", image.size, 0)
    left, top, right, bottom = CARD
    box = _fine((left + 6, top + 22, right - 6, bottom + 22))
    ImageDraw.Draw(mask).rounded_rectangle(box, CARD_RADIUS * FINE, 70)
    image.paste((10, 50, 40), mask=mask.filter(ImageFilter.GaussianBlur(26 * FINE)))


def _brand_shape(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle(_fine((90, 78, 150, 138)), 16 * FINE, GOLD)


def _step_shapes(draw: ImageDraw.ImageDraw) -> None:
    for left in _step_lefts():
        draw.ellipse(_fine((left, STEP_TOP - 24, left + 48, STEP_TOP + 24)), GOLD)


def _step_lefts() -> list[int]:
    return [90 + index * 322 for index in range(len(STEPS))]


def _letters(draw: ImageDraw.ImageDraw) -> None:
    draw.text((120, 107), "联", PINE, font("联", 40, is_bold=True), anchor="mm")
    draw.text((170, 108), "联惠", CREAM, font("联惠", 40, is_bold=True), anchor="lm")
    for text, size, middle in HEADLINES:
        colour = WHITE if size > 100 else GOLD
        draw.text((90, middle), text, colour, font(text, size, is_bold=True), anchor="lm")
    for number, (left, text) in enumerate(zip(_step_lefts(), STEPS, strict=True), 1):
        digit = font("1", 28, is_bold=True)
        draw.text((left + 24, STEP_TOP), str(number), PINE, digit, anchor="mm")
        draw.text((left + 64, STEP_TOP), text, INK, font(text, 34), anchor="lm")
    hint = "微信扫一扫，或长按识别"
    draw.text((MIDDLE, 1360), hint, MUTED, font(hint, 28), anchor="mm")
