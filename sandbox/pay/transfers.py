"""Merchant transfers: the person confirms, the operating account pays (WeChat fact D9)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import books, chat, names
from sandbox.clock import beijing_text
from sandbox.pay import notices, schemas
from sandbox.pay.errors import PayError, invalid_request, wrong_parameter
from sandbox.records import Transfer
from sandbox.world import World, world

PATH = "/v3/fund-app/mch-transfer/transfer-bills"
CONFIRM_SECONDS = 86400.0
FUNDING_SECONDS = 86400.0
STEP_SECONDS = 1.0
QUERY_SECONDS = 30 * 86400.0
NAME_FROM_FEN, NAME_ABOVE_FEN, LEAST_FEN = 200_000, 30, 10
# What each scene must report, WeChat fact D9.
SCENE_REPORTS = {
    "1000": {"活动名称", "奖励说明"},
    "1005": {"岗位类型", "报酬说明"},
}
OVERDUE = (("overdue", "WAIT_USER_CONFIRM"), ("unfunded", "PROCESSING"))
JOB = "transfer"

blueprint = Blueprint("transfers", __name__)


@blueprint.post(PATH)
def create() -> Response:
    """A bill to be confirmed by its receiver; the same number never pays twice."""
    here = world()
    wish = schemas.read(schemas.TransferRequest, request.get_data())
    fields = wish.model_dump(mode="json", exclude_none=True)
    with here.state.change():
        bill = here.state.transfers.get(wish.out_bill_no)
        if bill is not None:
            if bill.request != fields:
                raise PayError(400, "ALREADY_EXISTS", "商户单号已存在，且请求参数与首次请求不一致")
            return jsonify(_created_json(bill))
        _check(here, wish)
        now = here.clock.now()
        bill = Transfer(
            wish.out_bill_no,
            names.transfer_bill_no(now),
            wish.openid,
            wish.transfer_amount,
            wish.notify_url or "",
            fields,
            now,
            now,
        )
        here.state.transfers.put(bill)
        _fund(here, bill)
    return jsonify(_created_json(bill))


@blueprint.get(f"{PATH}/out-bill-no/<number>")
def query(number: str) -> Response:
    """A bill by the merchant's own number."""
    return _shown(world(), world().state.transfers.get(number))


@blueprint.get(f"{PATH}/transfer-bill-no/<number>")
def query_by_bill(number: str) -> Response:
    """A bill by WeChat's number."""
    bill = world().state.transfers.find(number)
    return _shown(world(), bill if bill and bill.transfer_bill_no == number else None)


@blueprint.post(f"{PATH}/out-bill-no/<number>/cancel")
def cancel(number: str) -> Response:
    """Withdraw a bill its receiver has not confirmed: CANCELING, a moment later CANCELLED."""
    here = world()
    with here.state.change():
        bill = here.state.transfers.get(number)
        if bill is None:
            raise PayError(404, "NOT_FOUND", "记录不存在")
        if bill.state in ("ACCEPTED", "PROCESSING", "WAIT_USER_CONFIRM"):
            _become(here, bill, "CANCELING")
            here.schedule.at(here.clock.now() + STEP_SECONDS, JOB, f"{bill.id} cancelled")
        elif bill.state not in ("CANCELING", "CANCELLED"):
            raise invalid_request("当前状态不允许撤销")
    return jsonify(
        out_bill_no=bill.id,
        transfer_bill_no=bill.transfer_bill_no,
        state=bill.state,
        update_time=beijing_text(bill.updated_at),
    )


def confirm(here: World, openids: tuple[str, ...], package_info: str) -> str:
    """The receiver confirms; returns an error text for the person, empty when it went well."""
    with here.state.change():
        bill = here.state.transfers.find(package_info)
        if bill is None or bill.package_info != package_info:
            return "package 参数错误"
        if bill.openid not in openids:
            return "收款用户与当前微信用户不一致"
        if bill.state != "WAIT_USER_CONFIRM":
            return "转账单已失效或已处理"
        _become(here, bill, "TRANSFERING")
        here.schedule.at(here.clock.now() + STEP_SECONDS, JOB, f"{bill.id} paid")
    return ""


def step(here: World, subject: str) -> None:
    """A state change that was planned: funds, overdue, paid or cancelled."""
    number, what = subject.split(" ")
    with here.state.change():
        bill = here.state.transfers.get(number)
        if bill is None:
            return
        if (what, bill.state) in OVERDUE:
            _finish(here, bill, "FAIL", "OVERDUE_CLOSE")
        elif what == "cancelled" and bill.state == "CANCELING":
            _finish(here, bill, "CANCELLED", "MCH_CANCEL")
        elif what == "paid" and bill.state == "TRANSFERING":
            fault = here.faults.take(f"transfer:{number}", "transfer_fail")
            reason = str(fault.detail.get("reason", "PAYEE_ACCOUNT_ABNORMAL")) if fault else ""
            _finish(here, bill, "FAIL" if fault else "SUCCESS", reason)


def fund_waiting(here: World) -> None:
    """The operating account got money: lock it for bills that wait. Within `State.change()`."""
    for bill in here.state.transfers.all():
        if bill.state == "PROCESSING":
            _fund(here, bill)


def _fund(here: World, bill: Transfer) -> None:
    """Lock the money, or wait up to 24 h until the operating account has it."""
    now = here.clock.now()
    if books.balance(here, "OPERATION") < bill.amount_fen:
        if bill.state == "ACCEPTED":
            here.schedule.at(now + FUNDING_SECONDS, JOB, f"{bill.id} unfunded")
        _become(here, bill, "PROCESSING")
        return
    books.move(here, bill.amount_fen, "OPERATION", "LOCKED", "transfer_locked", bill.id)
    bill.locked = True
    bill.package_info = f"ABBQO{names.letters(58)}=="
    _become(here, bill, "WAIT_USER_CONFIRM")
    here.schedule.at(now + CONFIRM_SECONDS, JOB, f"{bill.id} overdue")


def _finish(here: World, bill: Transfer, state: str, reason: str) -> None:
    target = "RECEIVERS" if state == "SUCCESS" else "OPERATION"
    if bill.locked:
        books.move(here, bill.amount_fen, "LOCKED", target, f"transfer_{state.lower()}", bill.id)
        bill.locked = False
    bill.fail_reason = reason
    _become(here, bill, state)
    phone = here.state.phones.find(bill.openid)
    if phone is not None and state == "SUCCESS":
        line = f"收到转账 ¥{bill.amount_fen / 100:.2f}"
        chat.say(here, phone.id, "system", "transfer", line)
    resource = _query_json(bill) | {"mch_id": here.accounts.mch_id}
    for name in ("appid", "transfer_remark"):
        resource.pop(name, None)
    notices.create(
        here,
        "MCHTRANSFER.BILL.FINISHED",
        "mch_payment",
        "商家转账单据终态通知",
        bill.notify_url,
        resource,
    )
    if target == "OPERATION":
        fund_waiting(here)


def _become(here: World, bill: Transfer, state: str) -> None:
    bill.state, bill.updated_at = state, here.clock.now()
    here.state.transfers.put(bill)


def _check(here: World, wish: schemas.TransferRequest) -> None:
    """Raises PayError for what WeChat refuses before it makes a bill."""
    if here.faults.take(f"api:POST {PATH}", "not_enough"):
        raise PayError(403, "NOT_ENOUGH", "运营账户资金不足，请充值后原单重试")
    phone = here.state.phones.find(wish.openid)
    accounts = here.accounts
    own = phone and {accounts.mini_app_id: phone.mini_openid, accounts.oa_app_id: phone.openid}
    if wish.appid not in accounts.secrets:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "商户号mchid与appid不匹配")
    if not own or own[wish.appid] != wish.openid:
        raise invalid_request("openid与appid不匹配")
    if wish.transfer_amount < LEAST_FEN:
        raise wrong_parameter("/transfer_amount", "less than 0.1 yuan", wish.transfer_amount)
    if wish.transfer_amount >= NAME_FROM_FEN and not wish.user_name:
        raise wrong_parameter("/user_name", "needed from 2000 yuan")
    if wish.transfer_amount < NAME_ABOVE_FEN and wish.user_name:
        raise wrong_parameter("/user_name", "not allowed below 0.3 yuan")
    reported = {info.info_type for info in wish.transfer_scene_report_infos}
    if not reported or reported != SCENE_REPORTS.get(wish.transfer_scene_id, reported):
        raise PayError(400, "PARAM_ERROR", "未传入完整且对应的转账场景报备信息")


def _created_json(bill: Transfer) -> dict[str, Any]:
    body = {
        "out_bill_no": bill.id,
        "transfer_bill_no": bill.transfer_bill_no,
        "create_time": beijing_text(bill.created_at),
        "state": bill.state,
    }
    if bill.fail_reason:
        body["fail_reason"] = bill.fail_reason
    if bill.state == "WAIT_USER_CONFIRM":
        body["package_info"] = bill.package_info
    return body


def _query_json(bill: Transfer) -> dict[str, Any]:
    body: dict[str, Any] = {
        "out_bill_no": bill.id,
        "transfer_bill_no": bill.transfer_bill_no,
        "appid": bill.request["appid"],
        "state": bill.state,
        "transfer_amount": bill.amount_fen,
        "transfer_remark": bill.request["transfer_remark"],
        "openid": bill.openid,
        "create_time": beijing_text(bill.created_at),
        "update_time": beijing_text(bill.updated_at),
    }
    return body | ({"fail_reason": bill.fail_reason} if bill.fail_reason else {})


def _shown(here: World, bill: Transfer | None) -> Response:
    if bill is None or bill.created_at < here.clock.now() - QUERY_SECONDS:
        raise PayError(404, "NOT_FOUND", "记录不存在")
    return jsonify(_query_json(bill) | {"mch_id": here.accounts.mch_id})
