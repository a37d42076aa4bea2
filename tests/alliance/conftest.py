"""The sandbox, for tests in which WeChat takes part."""

from tests.wechat.conftest import sandbox

__all__ = ["sandbox"]
