"""Shapes of what pages inside WeChat ask and are answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.core.schemas import Body, View

OWN_PATH = r"^/(?:[A-Za-z0-9._~%?=&:@+,-][A-Za-z0-9/._~%?=&:@+,-]*)?$"  # no second slash: our host


class WebLoginQuery(Body):
    """A login on a page: the code it was opened with, and the path of ours to come back to."""

    scene: Annotated[str, Field(max_length=64)] | None = None
    return_to: Annotated[str, Field(max_length=200, pattern=OWN_PATH)] = "/"
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
