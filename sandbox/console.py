"""What an operator sets in the consoles of the accounts (公众平台后台), also while it runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Blueprint, Response, jsonify
from pydantic import Field, ValidationError

from sandbox.answers import Strict, json_body
from sandbox.impossible import Impossible
from sandbox.records import Meta
from sandbox.world import World, world

KEY = "console"
FREE_NUMBERS = 1000
VISIBLE_AFTER_SECONDS = 2.0

blueprint = Blueprint("console", __name__, url_prefix="/__ctl/console")


class Subscription(Strict):
    """A template of subscription messages; `long_term` ones are not used up."""

    app: Literal["oa", "mini"]
    title: Annotated[str, Field(max_length=40)] = ""
    long_term: bool = False


class Quota(Strict):
    """Another limit for one API than the usual one."""

    daily: Annotated[int, Field(ge=0)] = 1_000_000
    minute: Annotated[int, Field(ge=0)] = 100_000


class Console(Strict):
    """The settings; `trade_managed` joins the shipping information duty (WeChat fact C8)."""

    push_mode: Literal["safe", "compatible", "plain"]
    mini_push_format: Literal["json", "xml"] = "json"
    mini_pages: list[Annotated[str, Field(min_length=1, max_length=256)]] = []
    trade_managed: bool = True
    order_visible_after_seconds: Annotated[float, Field(ge=0, strict=False)] = VISIBLE_AFTER_SECONDS
    subscriptions: dict[str, Subscription] = {}
    quotas: dict[str, Quota] = {}
    phone_numbers_left: Annotated[int, Field(ge=0)] = FREE_NUMBERS


def console(here: World) -> Console:
    """The settings in force."""
    told = here.state.meta.get(KEY)
    return Console.model_validate({"push_mode": here.accounts.push_mode} | _value(told))


def change(here: World, **fields: Any) -> Console:
    """Change some settings. Only within `State.change()`. Raises Impossible, changing nothing."""
    told = _value(here.state.meta.get(KEY)) | fields
    try:
        changed = Console.model_validate({"push_mode": here.accounts.push_mode} | told)
    except ValidationError as error:
        name = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Impossible("bad_setting", f"设置 {name} 不正确") from error
    here.state.meta.put(Meta(KEY, told))
    return changed


@blueprint.get("")
def show() -> Response:
    return jsonify(console(world()).model_dump())


@blueprint.put("")
def put() -> Response:
    """Change what is named; the rest stays."""
    here, wish = world(), json_body()
    with here.state.change():
        return jsonify(change(here, **wish).model_dump())


def _value(told: Meta | None) -> dict[str, Any]:
    return dict(told.value) if told else {}
