"""Shapes of what pages inside WeChat ask and are answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.alliance.payment_schemas import OwnPath
from app.core.schemas import Body, View


class WebLoginQuery(Body):
    """A login on a page: the code it was opened with, and the path of ours to come back to."""

    scene: Annotated[str, Field(max_length=64)] | None = None
    return_to: OwnPath = "/"
    consent: bool = False


class JsSdkQuery(Body):
    """The exact address of the page."""

    url: Annotated[str, Field(min_length=1, max_length=1000)]


class JsSdkView(View):
    """What `wx.config` takes: `appId`, `timestamp`, `nonceStr`, `signature` (WeChat fact B9)."""

    app_id: str
    timestamp: str
    nonce: str
    signature: str
