"""What people write, as they write it, and which command it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices.commands import NAMES, Command, Understood, understood

BALANCE, CODE, WITHDRAW = Command.BALANCE, Command.MY_CODE, Command.WITHDRAW
STORES, HELP, PERSON, STATEMENT = Command.STORES, Command.HELP, Command.PERSON, Command.STATEMENT
WRITTEN = [
    ("余额", BALANCE), ("我的余额", BALANCE), (" 余 额 ", BALANCE), ("「余额」", BALANCE),
    ("餘額", BALANCE), ("查一下余额", BALANCE), ("余额是多少？", BALANCE), ("钱包", BALANCE),
    ("我的錢包", BALANCE), ("ＢＡＬＡＮＣＥ", BALANCE), ("Balance", BALANCE),
    ("my wallet", BALANCE),
    ("blance", BALANCE), ("余额!!!😀", BALANCE), ("还剩多少", BALANCE),
    ("请问我的余额还有吗", BALANCE),
    ("我的二维码", CODE), ("二维码", CODE), ("二維碼", CODE), ("推广码", CODE), ("推廣碼", CODE),
    ("邀请好友", CODE), ("我要邀请", CODE), ("二维马", CODE), ("ＱＲ", CODE), ("QR code", CODE),
    ("提现", WITHDRAW), ("提現", WITHDRAW), ("我要提现", WITHDRAW), ("怎么提现？", WITHDRAW),
    ("体现", WITHDRAW), ("如何取现", WITHDRAW), ("withdraw", WITHDRAW), ("witdraw", WITHDRAW),
    ("附近门店", STORES), ("附近", STORES), ("附近門店", STORES), ("附近有什么店铺吗", STORES),
    ("附近门点", STORES), ("门店在哪里", STORES), ("哪里有店", STORES), ("stores nearby", STORES),
    ("帮助", HELP), ("幫助", HELP), ("?", HELP), ("？", HELP), ("？？", HELP), ("help", HELP),
    ("你好", HELP), ("hello", HELP), ("怎么用", HELP), ("菜单", HELP),
    ("客服", PERSON), ("人工", PERSON), ("转人工", PERSON), ("轉人工", PERSON), ("找客服", PERSON),
    ("人工客服在吗", PERSON), ("投诉", PERSON), ("我要投诉商家", PERSON), ("human", PERSON),
    ("明细", STATEMENT), ("明細", STATEMENT), ("账单", STATEMENT), ("帳單", STATEMENT),
    ("消费记录", STATEMENT), ("查看流水", STATEMENT), ("statement", STATEMENT),
    ("付款", Command.PAY), ("買單", Command.PAY), ("我要付款码", Command.PAY),
    ("充值", Command.TOP_UP), ("怎么充值", Command.TOP_UP), ("top up", Command.TOP_UP),
    ("退订", Command.DECLINE), ("TD", Command.DECLINE), ("恢复通知", Command.WANT),
    ("我卡里还有多少钱", BALANCE), ("查一下我的账户余额", BALANCE), ("還有多少錢", BALANCE),
    ("会员卡", BALANCE),
    ("赠金还有吗", BALANCE), ("剩余多少", BALANCE), ("我花了多少", STATEMENT),
    ("我的订单", STATEMENT),
    ("返利明细", STATEMENT), ("余额明细", STATEMENT), ("我想推荐好友", CODE),
    ("怎么邀请朋友", CODE), ("转发", CODE),
    ("推广海报在哪里", CODE), ("怎么把钱取出来", WITHDRAW), ("提到零钱", WITHDRAW),
    ("返利怎么提", WITHDRAW),
    ("钱怎么转到微信", WITHDRAW), ("我要提钱", WITHDRAW), ("最近的店", STORES),
    ("店在哪里呀", STORES),
    ("你们的店怎么走", STORES), ("周边", STORES), ("有哪些合作商家", STORES), ("门店导航", STORES),
    ("我要退款", PERSON), ("有人在吗？", PERSON), ("你们是骗子", PERSON), ("怎么联系你们", PERSON),
    ("会员码", Command.PAY), ("怎么付钱", Command.PAY), ("埋单", Command.PAY),
    ("怎么充钱", Command.TOP_UP),
    ("冲值", Command.TOP_UP), ("怎么玩", HELP), ("会员权益", HELP), ("别发了", Command.DECLINE),
    ("关闭通知", Command.DECLINE),
    ("开启定位", Command.LOCATE), ("關閉定位", Command.LOCATE_NO_MORE),
]  # fmt: skip


@pytest.mark.parametrize(("written", "command"), WRITTEN)
def test_what_people_write_is_understood(written, command):
    assert understood(written).command is command


@pytest.mark.parametrize(
    ("written", "nearest"), [("余粮", BALANCE), ("客户", PERSON), ("体检", WITHDRAW)]
)
def test_what_is_only_similar_is_asked_back_and_not_done(written, nearest):
    assert understood(written) == Understood(None, nearest)


@pytest.mark.parametrize(
    "written", ["", " ", "😀😀", "今天天气不错", "12345", "<xml>]]>", "a" * 5_000, "的" * 201]
)
def test_what_is_no_command_is_none(written):
    assert understood(written).command is None


@given(st.text(max_size=300))
def test_whatever_people_write_does_no_harm(written):
    assert understood(written).command in {None, *Command}


def test_every_command_is_known_by_its_own_names():
    assert set(NAMES) == set(Command)
    for command, names in NAMES.items():
        assert [name for name in names if understood(name).command is not command] == []


def test_no_name_belongs_to_two_commands():
    names = [name for several in NAMES.values() for name in several]
    assert len(names) == len(set(names))
