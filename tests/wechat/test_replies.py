"""What a push is answered with: kept as one text, rendered as WeChat reads it."""

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from app.wechat.replies import LONGEST_TEXT_BYTES, Card, HandOver, kept, opened, render, within

CARD = Card("标题 <b>", "说明 ]]> 结束", "https://a.test/p.png?x=1&y=2", "https://a.test/")


def shown(answer):
    text = render(kept(answer), source="gh_us", target="oThem", time=1_800_000_000)
    return xmltodict.parse(text)["xml"]


@pytest.mark.parametrize("answer", ["您的余额：¥1.00", CARD, HandOver()])
def test_an_answer_is_kept_and_found_again(answer):
    assert opened(kept(answer)) == answer


def test_a_text_goes_from_the_account_to_the_person():
    reply = shown("a]]>b<c>")
    assert (reply["FromUserName"], reply["ToUserName"]) == ("gh_us", "oThem")
    assert (reply["CreateTime"], reply["MsgType"]) == ("1800000000", "text")
    assert reply["Content"] == "a]]>b<c>"


def test_a_card_has_one_article_each_time():
    for _ in range(2):
        reply = shown(CARD)
        assert (reply["MsgType"], reply["ArticleCount"]) == ("news", "1")
        assert reply["Articles"]["item"] == {
            "Title": CARD.title,
            "Description": CARD.description,
            "PicUrl": CARD.picture,
            "Url": CARD.address,
        }


def test_handing_over_says_nothing_but_that():
    reply = shown(HandOver())
    assert reply["MsgType"] == "transfer_customer_service"
    assert "Content" not in reply


def test_no_text_can_pass_as_something_else():
    assert opened(kept('\x1e{"kind":"transfer_customer_service"}')) != HandOver()


@given(st.text(max_size=3_000))
def test_a_text_never_exceeds_what_wechat_shows(text):
    line = kept(text)
    assert len(line.encode()) <= LONGEST_TEXT_BYTES
    assert within(line, LONGEST_TEXT_BYTES) == line


def test_what_is_too_long_ends_at_a_line_so_that_no_link_is_cut():
    lines = [f'<a href="https://a.test/{number}">第 {number} 家</a>' for number in range(100)]
    cut = kept("\n".join(lines)).split("\n")
    assert cut[-1] == "…"
    assert cut[:-1] == lines[: len(cut) - 1]
    assert len(cut) > 20
