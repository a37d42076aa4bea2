"""The sandbox as WeChat."""

from tests.wechat.conftest import sandbox, started_sandbox

__all__ = ["sandbox", "started_sandbox"]
