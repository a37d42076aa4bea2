"""How fast posters are drawn: code with the mark in its middle, name in Chinese, 1080 pixels wide.

The yardstick is a PNG of the same width that the library `qrcode` makes of the same content, by
itself. Both are counted a second of processor time, so that busy neighbours change little. Each
poster says something else; `cached` is the same one again, beside reading it from a file.
"""

from __future__ import annotations

import argparse
import io
import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.harness.turns import in_turns, report

CONTENT = "https://weixin.qq.com/q/02{:022d}"  # as long as the address of a ticket
CACHED_GOAL = 1.0


def per_second(draw: Callable[[], bytes], seconds: float) -> float:
    """How many a second of this process's own processor time."""
    start, count = time.process_time(), 0
    while (used := time.process_time() - start) < seconds:
        draw()
        count += 1
    return count / used


def plain(content: str) -> bytes:
    """The yardstick: a code as wide as a poster."""
    import qrcode

    from app.qr.canvas import WIDTH

    code = qrcode.QRCode()
    code.add_data(content)
    code.make(fit=True)
    code.box_size = WIDTH // (code.modules_count + 2 * code.border)
    buffer = io.BytesIO()
    code.make_image().save(buffer, "PNG")
    return buffer.getvalue()


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="bench/poster", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of processor time, each")
    options = parser.parse_args()

    from app.qr.captions import Caption
    from app.qr.poster import poster

    numbers = itertools.count()

    def one() -> bytes:
        number = next(numbers)
        return poster(CONTENT.format(number), Caption(f"南门第 {number} 面馆"), None)

    same = one()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "poster.png"
        kept.write_bytes(same)
        again = (CONTENT.format(0), Caption("南门第 0 面馆"), None)
        found = in_turns(
            options.rounds,
            lambda: per_second(lambda: plain(CONTENT.format(next(numbers))), options.seconds),
            {
                "poster": lambda: per_second(one, options.seconds),
                "file": lambda: per_second(kept.read_bytes, 0.2),
                "cached": lambda: per_second(lambda: poster(*again), 0.2),
            },
        )
    cached = sorted(a / b for a, b in zip(found["cached"], found["file"], strict=True))
    report(
        "poster", "poster", found, cached_by_file=round(cached[len(cached) // 2], 2),
        bytes=len(same), plain_bytes=len(plain(CONTENT.format(0))),
        goals={"ratio": 1.0, "cached_by_file": CACHED_GOAL},
    )  # fmt: skip


if __name__ == "__main__":
    main()
