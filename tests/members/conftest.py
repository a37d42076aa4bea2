"""The sandbox as WeChat."""

from tests.wechat.conftest import sandbox

__all__ = ["sandbox"]
