"""How a binding's record reads: Chinese and English beside each other. Pure."""

from __future__ import annotations

from typing import Any

from app.core.world import BEIJING

Text = tuple[str, str]
CODES: dict[str, Text] = {
    "S": ("门店码", "code of the store"),
    "A": ("收款金额码", "amount code of the store"),
    "M": ("会员邀请码", "code of the member"),
    "P": ("业务员码", "code of the salesperson"),
    "O": ("平台码", "code of the platform"),
}
CHANNELS: dict[str, Text] = {
    "follow": ("关注公众号", "following the official account"),
    "scan": ("公众号内扫码", "a scan in the official account"),
    "mini_program": ("打开小程序", "the mini-program"),
    "web_page": ("微信网页", "a page inside WeChat"),
    "home_store_choice": ("首次储值选择归属门店", "the choice of a home store at the first top-up"),
    "phone_invitation": ("确认手机号邀请", "confirming an invitation by phone number"),
    "correction": ("工作人员更正", "a correction by staff"),
}
WHY: dict[str, Text] = {
    "scanned_later": ("另一个码扫得更早", "another code was scanned earlier"),
    "corrected": ("经双人复核更正", "corrected by two of the staff"),
    "store_closed": ("归属门店停业，转到接收门店", "the home store closed; another took its place"),
    "invited": ("会员确认了手机号邀请", "the member confirmed an invitation by phone number"),
}


def lines(told: dict[str, Any]) -> list[Text]:
    """A record as `service.told` gives it, a line each."""
    present = told["binding"]
    if present is None:
        found = [("目前没有推荐人。", "Nobody has brought this member yet.")]
    else:
        found = [_recommender(present), _code(present), _moment(present), _home(present)]
    found += [_former(each) for each in told["former"]]
    found += [_correction(each) for each in told["corrections"]]
    found += [_merge(each) for each in told["merges"]]
    return found


def _recommender(present: dict[str, Any]) -> Text:
    zh, en = _who(present)
    return f"推荐人：{zh}", f"Recommender: {en}"


def _who(binding: dict[str, Any]) -> Text:
    kind, name = binding["recommender_kind"], binding["recommender_name"]
    if kind == "platform":
        return "平台", "the platform"
    if kind == "member":
        end = str(binding["recommender_id"])[-6:]
        return f"会员（编号尾号 {end}）", f"a member (id ending in {end})"
    zh, en = {"merchant": ("商家", "merchant"), "salesperson": ("业务员", "salesperson")}[kind]
    return f"{zh}「{name}」", f"{en} “{name}”"


def _code(present: dict[str, Any]) -> Text:
    code = present["code"]
    if code is None:
        return "凭证：未使用二维码", "Evidence: no code was used"
    zh, en = CODES.get(code["kind"], ("二维码", "code"))
    at = code["issued_at"]
    issued = (f"，签发于 {_day(at)}", f", issued {_day(at)}") if at else ("", "")
    return f"凭证：{zh} {code['scene']}{issued[0]}", f"Evidence: {en} {code['scene']}{issued[1]}"


def _moment(present: dict[str, Any]) -> Text:
    zh, en = CHANNELS.get(present["channel"], (present["channel"], present["channel"]))
    at = _time(present["bound_at"])
    return f"时间：北京时间 {at}，途径：{zh}", f"When: {at} in Beijing, by {en}"


def _home(present: dict[str, Any]) -> Text:
    name = present["home_store_name"]
    if name is None:
        return "归属门店：首次储值时选择", "Home store: chosen at the first top-up"
    at = present["home_store_at"]
    since = (f"，自 {_day(at)}", f", since {_day(at)}") if at else ("", "")
    return f"归属门店：「{name}」{since[0]}", f"Home store: “{name}”{since[1]}"


def _former(each: dict[str, Any]) -> Text:
    zh, en = _who(each)
    why = WHY.get(each["why"], (each["why"], each["why"]))
    at = _time(each["replaced_at"])
    return f"{at} 之前为{zh}：{why[0]}", f"Until {at}: {en}; {why[1]}"


def _correction(each: dict[str, Any]) -> Text:
    at = _time(each["decided_at"])
    reason = each.get("reason")
    said = (f"，理由：{reason}", f"; reason: {reason}") if reason else ("", "")
    return (
        f"{at} 推荐关系经双人复核更正，此前的分润不变{said[0]}",
        f"{at}: corrected by two of the staff, past shares stay{said[1]}",
    )


def _merge(each: dict[str, Any]) -> Text:
    at = _time(each["merged_at"])
    if each["undone_at"]:
        until = _time(each["undone_at"])
        return (
            f"{at} 与本人另一账户合并，{until} 撤销合并",
            f"{at}: made one with another account of the person, undone {until}",
        )
    return (
        f"{at} 与本人另一账户合并",
        f"{at}: made one with another account of the person",
    )


def _time(moment: Any) -> str:
    return str(moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"))


def _day(moment: Any) -> str:
    return str(moment.astimezone(BEIJING).strftime("%Y-%m-%d"))
