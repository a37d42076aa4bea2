"""What the routes of this room answer."""

from __future__ import annotations

from app.core.schemas import Moment, View


class LinksView(View):
    """Links with one scene token. `page` is for WeChat's browser and lasts; `url_link` (texts) and
    `url_scheme` (web pages) open the mini-program until `expires_at`, or are null."""

    page: str
    url_link: str | None
    url_scheme: str | None
    expires_at: Moment | None
