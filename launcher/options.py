"""What can be said on the command line of ./run."""

import argparse
import socket
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import CannotStart


@dataclass(frozen=True)
class Options:
    """The web port (None: any free one), the data folder, whether to begin anew, and whether the
    demo is to be without campaigns."""

    port: int | None
    data: Path
    fresh: bool
    bare: bool = False


def read(arguments: list[str], root: Path) -> Options:
    """Return the options; ends the program with a hint if they cannot be understood."""
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Start web, worker, relay, WeChat sandbox and their servers on this machine. "
        "在本机启动网站、任务、微信沙箱及数据库。",
    )
    parser.add_argument("--port", type=port, metavar="N", help="web port; default: a free one")
    parser.add_argument("--data", metavar="DIR", help="data folder; default: .data", type=Path)
    parser.add_argument("--fresh", action="store_true", help="empty the data folder first")
    parser.add_argument("--bare", action="store_true", help="a demo without running campaigns")
    found = parser.parse_args(arguments)
    data = (found.data or root / ".data").expanduser().resolve()
    return Options(found.port, data, found.fresh, found.bare)


def port(text: str) -> int:
    """Return a port number from 1 to 65535. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def require_free(number: int) -> None:
    """Raise CannotStart if somebody else listens on a loopback port."""
    if not is_free(number):
        raise CannotStart(
            f"Port {number} is in use: choose another with --port, or leave it out.",
            f"端口 {number} 已被占用：请用 --port 指定其他端口，或省略该参数。",
        )


def is_free(number: int) -> bool:
    """Tell whether a loopback port can be listened on at this moment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
