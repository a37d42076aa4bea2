"""An answer of the chat as a card: an article with a picture, and what a tap opens (fact A8). Pure.

Where no card can be sent – no public pictures, or more words than a card shows – the same answer
goes as a text.
"""

from __future__ import annotations

import re

from app.core.config import settings
from app.notices import pages
from app.notices.commands import Command
from app.wechat.client import Answer, Card

LONGEST_TITLE, LONGEST_DESCRIPTION = 64, 512  # bytes
LINK = re.compile(r'<a href="[^"]*">([^<]*)</a>')


def shown(command: Command, title: str, text: str) -> Answer:
    """`text` as a card of a command's picture under `title`, or as it stands.

    Its links become words: the whole card opens the page of the command.
    """
    pictures = _pictures()
    description = LINK.sub(r"\1 ›", text)
    fits = len(title.encode()) <= LONGEST_TITLE
    if not pictures or not fits or len(description.encode()) > LONGEST_DESCRIPTION:
        return text
    picture = f"{pictures}/{command.value.lower()}.png"
    return Card(title, description, picture, pages.address(command))


def _pictures() -> str:
    """Where the pictures are, without a slash at its end; empty: nowhere WeChat could fetch them.

    WECHAT_OA_CARD_PICTURES is an address, or a path below BASE_URL.
    """
    place = settings().wechat_oa_card_pictures.strip("/")
    if not place or place.startswith(("https://", "http://")):
        return place
    return f"{settings().base_url.rstrip('/')}/{place}"
