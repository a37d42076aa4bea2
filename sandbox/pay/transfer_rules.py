"""What WeChat Pay refuses before it makes a transfer, and why one fails (WeChat fact D9)."""

from __future__ import annotations

from sandbox import terms
from sandbox.clock import beijing_day
from sandbox.pay import orders, platform_keys, signing
from sandbox.pay.errors import PayError, invalid_request, wrong_parameter
from sandbox.pay.transfer_schemas import AnyTransfer
from sandbox.records import Meta, Phone, Transfer
from sandbox.world import World

NAME_FROM_FEN, NAME_ABOVE_FEN, LEAST_FEN = 200_000, 30, 10
# What each scene must report; a scene that is not here may report anything.
SCENE_REPORTS = {
    "1000": {"活动名称", "奖励说明"},
    "1002": {"补贴类型"},
    "1004": {"保险产品备案编号", "保险名称", "保险操作单号"},
    "1005": {"岗位类型", "报酬说明"},
    "1009": {"采购商品名称"},
    "1010": {"回收商品名称"},
    "1011": {"赔付原因"},
    "1013": {"公益活动名称", "公益活动备案编号"},
}
SCENES = {*SCENE_REPORTS, "1006"}
SENT_TODAY = "transferred_on"


def check(here: World, wish: AnyTransfer, openid: str) -> None:
    """Raises PayError for what is refused before there is a bill."""
    if here.faults.take("api:POST /v3/fund-app/mch-transfer/transfer-bills", "not_enough"):
        raise PayError(403, "NOT_ENOUGH", "运营账户资金不足，请充值后原单重试")
    orders.check_app(here, wish.appid)
    check_receiver(here, wish.appid, openid)
    if wish.transfer_amount < LEAST_FEN:
        raise wrong_parameter("/transfer_amount", "less than 0.1 yuan", wish.transfer_amount)
    if wish.transfer_amount >= NAME_FROM_FEN and not wish.user_name:
        raise wrong_parameter("/user_name", "needed from 2000 yuan")
    if wish.transfer_amount < NAME_ABOVE_FEN and wish.user_name:
        raise wrong_parameter("/user_name", "not allowed below 0.3 yuan")
    if wish.transfer_amount > terms.value(here, "transfer_bill_limit_fen"):
        raise PayError(403, "RULE_LIMIT", "转账金额超过单笔限额")
    if sent_today(here) + wish.transfer_amount > terms.value(here, "transfer_day_limit_fen"):
        raise PayError(403, "RULE_LIMIT", "商户当日转账金额超限")
    check_scene(wish.transfer_scene_id)
    reported = [info.info_type for info in wish.transfer_scene_report_infos]
    needed = SCENE_REPORTS.get(wish.transfer_scene_id, set(reported))
    if not reported or len(reported) != len(set(reported)) or set(reported) != needed:
        raise PayError(400, "PARAM_ERROR", "未传入完整且对应的转账场景报备信息")


def check_scene(scene: str) -> None:
    """Raises PayError 400 for a scene that does not exist."""
    if scene not in SCENES:
        raise invalid_request("转账场景不存在或未开通，请检查transfer_scene_id")


def check_receiver(here: World, app_id: str, openid: str) -> Phone:
    """Whose openid this is for this appid. Raises PayError 400."""
    phone, accounts = here.state.phones.find(openid), here.accounts
    own = phone and {accounts.mini_app_id: phone.mini_openid, accounts.oa_app_id: phone.openid}
    if phone is None or not own or own.get(app_id) != openid:
        raise invalid_request("openid与appid不匹配")
    return phone


def clear_name(here: World, wish: AnyTransfer, named: str) -> str:
    """The receiver's name, decrypted; it may be encrypted anew with each try, so it is compared
    in the clear. Raises PayError 400."""
    if wish.user_name is None:
        return ""
    if not named:
        raise wrong_parameter("Wechatpay-Serial", "names the key of user_name", location="header")
    platform_keys.check_named(here, named)
    return signing.unseal(here, named, "/user_name", wish.user_name)


def failure(here: World, bill: Transfer) -> str:
    """Why the receiver does not get the money; empty when they do."""
    fault = here.faults.take(f"transfer:{bill.id}", "transfer_fail")
    if fault is not None:
        return str(fault.detail.get("reason", "PAYEE_ACCOUNT_ABNORMAL"))
    phone = here.state.phones.find(bill.openid)
    name = bill.request.get("user_name", "")
    if phone is not None and phone.real_name and name and phone.real_name != name:
        return "NAME_NOT_CORRECT"
    if phone is not None and _received_today(here, phone) + bill.amount_fen > terms.value(
        here, "transfer_user_day_limit_fen"
    ):
        return "DAY_RECEIVED_QUOTA_EXCEED"
    return ""


def sent_today(here: World) -> int:
    """What the merchant sent today and did not get back, in fen."""
    kept = here.state.meta.get(SENT_TODAY)
    today = beijing_day(here.clock.now())
    return int(kept.value["fen"]) if kept and kept.value["day"] == today else 0


def count(here: World, bill: Transfer, *, back: bool = False) -> None:
    """Count a bill towards the merchant's day, or no longer. Only within `State.change()`."""
    today = beijing_day(here.clock.now())
    if beijing_day(bill.created_at) == today:
        fen = sent_today(here) + (-bill.amount_fen if back else bill.amount_fen)
        here.state.meta.put(Meta(SENT_TODAY, {"day": today, "fen": max(fen, 0)}))


def _received_today(here: World, phone: Phone) -> int:
    today = beijing_day(here.clock.now())
    return sum(
        bill.amount_fen
        for openid in (phone.mini_openid, phone.openid)
        for bill in here.state.transfers.group(openid)
        if bill.state == "SUCCESS" and beijing_day(bill.updated_at) == today
    )
