"""Merchant transfers: the person confirms, or did so for good; the operating account pays (D9)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import books, chat, names, terms
from sandbox.clock import beijing_text
from sandbox.pay import authorizations, notices, schemas, transfer_rules, transfer_schemas
from sandbox.pay.errors import PayError, invalid_request
from sandbox.pay_records import Authorization
from sandbox.records import Transfer
from sandbox.world import World, world

PATH = "/v3/fund-app/mch-transfer/transfer-bills"
CONFIRM_SECONDS = 86400.0
FUNDING_SECONDS = 86400.0
STEP_SECONDS = 1.0
QUERY_SECONDS = 30 * 86400.0
OVERDUE = (("overdue", "WAIT_USER_CONFIRM"), ("unfunded", "PROCESSING"))
JOB = "transfer"

blueprint = Blueprint("transfers", __name__)


@blueprint.post(PATH)
def create() -> Response:
    """A bill to be confirmed by its receiver; the same number never pays twice."""
    here = world()
    wish = schemas.read(transfer_schemas.Transfer, request.get_data())
    with here.state.change():
        bill, fields = _known(here, wish)
        if bill is None:
            transfer_rules.check(here, wish, wish.openid)
            bill = _open(here, fields, wish.openid)
    return jsonify(_created_json(bill))


@blueprint.post(f"{PATH}/pre-transfer-with-authorization")
def create_with_authorization() -> Response:
    """A bill whose receiver, when confirming, also gives leave for the next ones."""
    here = world()
    wish = schemas.read(transfer_schemas.TransferWithRequest, request.get_data())
    info = wish.authorization_info
    with here.state.change():
        bill, fields = _known(here, wish)
        if bill is None:
            transfer_rules.check(here, wish, wish.openid)
            if here.state.authorizations.get(info.out_authorization_no):
                raise PayError(400, "ALREADY_EXISTS", "商户授权单号已存在")
            asked = fields | info.model_dump(mode="json")
            authorizations.begin(here, asked, package_info="")
            bill = _open(here, fields, wish.openid, info.out_authorization_no)
    return jsonify(
        _created_json(bill)
        | {
            "user_display_name": info.user_display_name,
            "out_authorization_no": info.out_authorization_no,
        }
    )


@blueprint.post(f"{PATH}/transfer")
def create_authorized() -> Response:
    """A bill that is paid without confirmation, by leave given before."""
    here = world()
    wish = schemas.read(transfer_schemas.AuthorizedTransfer, request.get_data())
    with here.state.change():
        bill, fields = _known(here, wish)
        if bill is None:
            leave = _leave(here, wish)
            transfer_rules.check(here, wish, leave.openid)
            bill = _open(here, fields, leave.openid, leave.id)
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
    schemas.read_nothing(request.get_data())
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


def confirm(
    here: World, openids: tuple[str, ...], package_info: str, *, authorize: bool = True
) -> str:
    """The receiver confirms, and gives leave if asked for; returns an error text for the person,
    empty when it went well."""
    with here.state.change():
        bill = here.state.transfers.find(package_info)
        if bill is None or bill.package_info != package_info:
            return "package 参数错误"
        if bill.openid not in openids:
            return "收款用户与当前微信用户不一致"
        # The bill may be closed late; its package is over after 24 hours all the same.
        if bill.state != "WAIT_USER_CONFIRM" or here.clock.now() > bill.confirm_until:
            return "转账单已失效或已处理"
        leave = here.state.authorizations.get(bill.out_authorization_no)
        if leave is not None and leave.state == "WAIT_USER_CONFIRM":
            if authorize:
                authorizations.confirm(here, leave)
            else:
                authorizations.end(here, leave, "USER_CLOSE")
        _pay(here, bill)
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
            reason = transfer_rules.failure(here, bill)
            _finish(here, bill, "FAIL" if reason else "SUCCESS", reason)


def fund_waiting(here: World) -> None:
    """The operating account got money: lock it for bills that wait. Within `State.change()`."""
    for bill in here.state.transfers.all():
        if bill.state == "PROCESSING":
            _fund(here, bill)


def _known(
    here: World, wish: transfer_schemas.AnyTransfer
) -> tuple[Transfer | None, dict[str, Any]]:
    """The bill of this number, and the fields it is compared by. Raises PayError 400 when it was
    made with others."""
    fields = wish.model_dump(mode="json", exclude_none=True)
    name = transfer_rules.clear_name(here, wish, request.headers.get("Wechatpay-Serial", ""))
    if name:
        fields["user_name"] = name
    bill = here.state.transfers.get(wish.out_bill_no)
    if bill is not None and bill.request != fields:
        raise PayError(400, "ALREADY_EXISTS", "商户单号已存在，且请求参数与首次请求不一致")
    return bill, fields


def _leave(here: World, wish: transfer_schemas.AuthorizedTransfer) -> Authorization:
    """Raises PayError when there is no leave in force for this appid and scene."""
    found = (
        here.state.authorizations.find(wish.authorization_id)
        if wish.authorization_id
        else here.state.authorizations.get(wish.out_authorization_no or "")
    )
    if found is None:
        raise PayError(404, "NOT_FOUND", "授权单不存在")
    if found.state != "TAKING_EFFECT":
        raise PayError(403, "NO_AUTH", "用户未授权或授权已解除")
    if (found.app_id, found.scene) != (wish.appid, wish.transfer_scene_id):
        raise invalid_request("appid或transfer_scene_id与授权单不一致")
    return found


def _open(
    here: World, fields: dict[str, Any], openid: str, out_authorization_no: str = ""
) -> Transfer:
    now = here.clock.now()
    bill = Transfer(
        fields["out_bill_no"],
        names.transfer_bill_no(now),
        openid,
        fields["transfer_amount"],
        fields.get("notify_url", ""),
        fields,
        now,
        now,
        out_authorization_no=out_authorization_no,
        needs_confirmation="openid" in fields,
    )
    here.state.transfers.put(bill)
    transfer_rules.count(here, bill)
    _fund(here, bill)
    return bill


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
    if not bill.needs_confirmation:
        _pay(here, bill)
        return
    bill.package_info = f"ABBQO{names.letters(58)}=="
    bill.confirm_until = now + CONFIRM_SECONDS
    _become(here, bill, "WAIT_USER_CONFIRM")
    lag = terms.value(here, "transfer_close_lag_seconds")
    here.schedule.at(bill.confirm_until + lag, JOB, f"{bill.id} overdue")


def _pay(here: World, bill: Transfer) -> None:
    _become(here, bill, "TRANSFERING")
    here.schedule.at(here.clock.now() + STEP_SECONDS, JOB, f"{bill.id} paid")


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
    leave = here.state.authorizations.get(bill.out_authorization_no)
    if leave is not None and leave.state == "WAIT_USER_CONFIRM":
        authorizations.end(here, leave, "USER_OVERDUE_UNCONFIRMED")
    _tell(here, bill)
    if target == "OPERATION":
        transfer_rules.count(here, bill, back=True)
        fund_waiting(here)


def _tell(here: World, bill: Transfer) -> None:
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


def _become(here: World, bill: Transfer, state: str) -> None:
    bill.state, bill.updated_at = state, here.clock.now()
    here.state.transfers.put(bill)


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
