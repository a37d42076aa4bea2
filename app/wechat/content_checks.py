"""WeChat's checks of what people write and upload (WeChat fact C6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.wechat import calls
from app.wechat.answers import part, some_text, text, whole
from app.wechat.errors import WeChatUnavailable

Place = Literal["profile", "comment", "forum", "social"]
SCENES: dict[Place, int] = {"profile": 1, "comment": 2, "forum": 3, "social": 4}
MEDIA_TYPES = {"audio": 1, "picture": 2}
LONGEST_TEXT = 2500
SUGGESTIONS: dict[str, Literal["pass", "review", "risky"]]
SUGGESTIONS = {"pass": "pass", "review": "review", "risky": "risky"}


@dataclass(frozen=True, slots=True)
class TextCheck:
    """What WeChat suggests: `review` means that people should look. `label` 100 is harmless."""

    suggestion: Literal["pass", "review", "risky"]
    label: int
    trace_id: str | None


def check_text(content: str, openid: str, place: Place) -> TextCheck:
    """Checks up to 2,500 characters that a person wrote who was here within two hours.

    Raises ValueError, PersonInactive, WeChatRefused, Paused, WeChatUnavailable.
    """
    if not 1 <= len(content) <= LONGEST_TEXT:
        raise ValueError(f"a text has 1 to {LONGEST_TEXT} characters")
    wish = {"content": content, "version": 2, "scene": SCENES[place], "openid": openid}
    answer = calls.post("mini", "/wxa/msg_sec_check", wish, is_repeatable=True)
    result = part(answer, "result")
    suggestion = SUGGESTIONS.get(text(result, "suggest"))
    if suggestion is None:
        raise WeChatUnavailable("WeChat suggests what is not known here")
    return TextCheck(suggestion, whole(result, "label"), some_text(answer, "trace_id"))


def check_media(
    url: str, openid: str, place: Place, kind: Literal["audio", "picture"] = "picture"
) -> str:
    """Has a picture or sound checked that WeChat can fetch at `url`; the trace id.

    The result comes within half an hour as the event `wxa_media_check` (events.MediaChecked).
    Raises as above.
    """
    wish = {
        "media_url": url,
        "media_type": MEDIA_TYPES[kind],
        "version": 2,
        "scene": SCENES[place],
        "openid": openid,
    }
    answer = calls.post("mini", "/wxa/media_check_async", wish, is_repeatable=True)
    return text(answer, "trace_id")
