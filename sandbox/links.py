"""Links that open the mini-program from outside: URL Link and scheme (WeChat fact C7)."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response
from pydantic import Field

from sandbox import names
from sandbox.answers import Refused, Strict, done, read
from sandbox.codes import check_page
from sandbox.mini_records import Link
from sandbox.tokens import requires_token
from sandbox.world import World, world

LINK, SCHEME = "https://wxaurl.cn/", "weixin://dl/business/?t="
LONGEST_DAYS, DAY_SECONDS = 30, 86400
QUERY = r"^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%]*$"

blueprint = Blueprint("links", __name__)
Version = Literal["release", "trial", "develop"]
Query = Annotated[str, Field(max_length=1024, pattern=QUERY)]


class Expiry(Strict):
    expire_type: Literal[0, 1] = 0
    expire_time: int | None = None
    expire_interval: int | None = None


class LinkRequest(Expiry):
    path: str = ""
    query: Query = ""
    env_version: Version = "release"


class Target(Strict):
    path: str = ""
    query: Query = ""
    env_version: Version = "release"


class SchemeRequest(Expiry):
    jump_wxa: Target = Target()
    is_expire: bool = True


ERRCODES = {
    "path": 40165,
    "jump_wxa.path": 40165,
    "query": 40212,
    "jump_wxa.query": 40212,
    "env_version": 85400,
    "jump_wxa.env_version": 85400,
    "expire_type": 40097,
    "expire_time": 85401,
    "expire_interval": 85401,
}


@blueprint.post("/wxa/generate_urllink")
@requires_token("mini")
def url_link() -> Response:
    """An https link, at most thirty days."""
    wish = read(LinkRequest, ERRCODES)
    link = _make(world(), LINK + names.letters(12), wish.path, wish.query, wish)
    return done(url_link=link.id)


@blueprint.post("/wxa/generatescheme")
@requires_token("mini")
def scheme() -> Response:
    """A weixin:// link, at most thirty days."""
    wish = read(SchemeRequest, ERRCODES)
    target = wish.jump_wxa
    link = _make(world(), SCHEME + names.letters(12), target.path, target.query, wish)
    return done(openlink=link.id)


def find_link(here: World, content: str) -> Link | None:
    """The link that this content opens; a query may have been appended (`cq`)."""
    known = here.state.links.get(content)
    if known is None and content.startswith(LINK):
        known = here.state.links.get(content.partition("?")[0])
    return known


def query_of(link: Link, content: str) -> str:
    """The query the mini-program is opened with: what was appended as `cq` comes last."""
    added = parse_qs(urlsplit(content).query).get("cq", [""])[0]
    return "&".join(part for part in (link.query, added) if part)


def _make(here: World, name: str, path: str, query: str, expiry: Expiry) -> Link:
    page = path.removeprefix("/")
    if "?" in path:
        raise Refused(40165, "invalid weapp pagepath")
    check_page(here, page, 40165)
    link = Link(name, page, query, here.clock.now(), _ends_at(here.clock.now(), expiry))
    with here.state.change():
        return here.state.links.put(link)


def _ends_at(now: float, expiry: Expiry) -> float:
    """Raises Refused 85401 for an end that is missing, past or further than thirty days."""
    ends_at = float(expiry.expire_time or 0)
    if expiry.expire_type == 1:
        days = expiry.expire_interval or 0
        ends_at = now + days * DAY_SECONDS if 1 <= days <= LONGEST_DAYS else 0.0
    if not now < ends_at <= now + LONGEST_DAYS * DAY_SECONDS:
        raise Refused(85401, "time limit between 1min and 30 days")
    return ends_at
