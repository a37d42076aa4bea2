"""The sandbox, for tests in which WeChat takes part."""

from tests.wechat.conftest import sandbox, started_sandbox

__all__ = ["sandbox", "started_sandbox"]
