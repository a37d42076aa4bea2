"""The other doors of a token: a page inside WeChat, a link and a scheme into the mini-program.

WeChat's links live 30 days at most (fact C7) and are renewed when asked for; the page's is ours
and lasts. All carry the same token, so that the same person is credited through each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy import select

from app.core.config import settings
from app.core.db import read
from app.core.world import now
from app.qr import fetching
from app.qr.models import Code
from app.qr.token import Scene, registry_key
from app.wechat import client
from app.wechat.client import WeChatRefused, WeChatUnavailable

log = structlog.get_logger()
LINK_DAYS = 30
RENEW_BEFORE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Links:
    """Links with a token. `url_link` (for texts) and `url_scheme` (for web pages) lead into the
    mini-program until `expires_at` (UTC); None where WeChat gives none."""

    page: str
    url_link: str | None = None
    url_scheme: str | None = None
    expires_at: datetime | None = None


def links_of(token: str, scene: Scene) -> Links:
    """The links of a resolved token, fetched or renewed if need be, and stored.

    Talks to WeChat outside any unit of work. Where WeChat is away or does not allow links, those
    that still work are given, or only the page's.
    """
    page = f"{settings().base_url.rstrip('/')}/api/v1/oauth/start?scene={token}"
    stored = _stored(token, timedelta(hours=1))
    try:
        found = fetching.once(
            token,
            scene,
            stored=lambda: _stored(token, RENEW_BEFORE),
            fetch=lambda: _fetch(token),
            changes=_changes,
        )
    except (WeChatUnavailable, WeChatRefused) as error:
        log.warning("links_not_given", reason=str(error))
        found = stored or Links(page)
    return replace(found, page=page)


@lru_cache(maxsize=256)
def mini_program_picture(token: str, page: str, version: client.Version) -> bytes:
    """The picture of the mini-program code of a resolved token (fact C4): unlimited, for good.

    Raises WeChatRefused (41030: the page is not published), WeChatUnavailable.
    """
    return client.mini_program_code(token, page or None, version=version)


def _stored(token: str, span: timedelta) -> Links | None:
    columns = (Code.url_link, Code.url_scheme, Code.links_expire_at)
    rows = read(
        select(*columns).where(Code.key == registry_key(token), Code.links_expire_at > now() + span)
    )
    return Links("", *rows[0]) if rows else None


def _fetch(token: str) -> Links:
    page, version = settings().wechat_mini_page, settings().wechat_mini_version
    expires_at = now() + timedelta(days=LINK_DAYS)
    query = f"scene={token}"
    link = client.url_link(page, query, days=LINK_DAYS, version=version)
    scheme = client.url_scheme(page, query, days=LINK_DAYS, version=version)
    return Links("", link, scheme, expires_at)


def _changes(links: Links) -> dict[str, Any]:
    return {
        "url_link": links.url_link,
        "url_scheme": links.url_scheme,
        "links_expire_at": links.expires_at,
    }
