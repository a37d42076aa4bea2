"""Text on posters: only what the fonts can draw, within its width."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.qr.lettering import BOLD, REGULAR, covered, fitted, font


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("老码头火锅", "老码头火锅"),
        ("喆记·犇羊鱻 囍宴 堃", "喆记·犇羊鱻 囍宴 堃"),
        ("🎉小明👨‍👩‍👧 的店", "小明 的店"),
        ("𠮷野家", "野家"),
        ("A\u200bB\ufe0f\x00C\ue000", "ABC"),
        ("  多  空\n格\u3000 ", "多 空 格"),
        ("「」，。！￥·…“”《》", "「」，。！￥·…“”《》"),
        ("🎉", ""),
        ("", ""),
    ],
)
def test_what_no_font_covers_is_left_out(text: str, kept: str) -> None:
    assert covered(text) == kept


def test_all_of_gb2312_is_covered() -> None:
    for lead in range(0xB0, 0xF8):
        for trail in range(0xA1, 0xFF):
            letter = bytes([lead, trail]).decode("gb2312", "ignore")
            assert covered(letter) == letter


def _name(text: str, *, is_bold: bool) -> str:
    return Path(str(font(text, 40, is_bold=is_bold).path)).name


def test_bold_is_used_only_if_it_covers_the_whole_text() -> None:
    assert _name("联惠 VIP·会员", is_bold=True) == BOLD
    assert _name("喆犇饭店", is_bold=True) == REGULAR
    assert _name("联惠", is_bold=False) == REGULAR


def test_text_shrinks_and_is_then_shortened_to_its_width() -> None:
    text, chosen = fitted("短名", 700, (68, 50, 44))
    assert (text, chosen.size) == ("短名", 68)
    text, chosen = fitted("一家名字不长也不短的店", 600, (68, 50, 44))
    assert (text, chosen.size) == ("一家名字不长也不短的店", 50)
    text, chosen = fitted("很" * 100, 700, (68, 50, 44))
    assert text.endswith("很…")
    assert chosen.getlength(text) <= 700
    assert fitted("🎉", 700, (68, 50))[0] == ""
