"""Pictures that come with a form of the merchant console, sent on to the API one by one."""

from __future__ import annotations

from flask import g, request

from app.pages.console import calls, forms

LARGEST_BYTES = 20 * 1024 * 1024


def allow() -> None:
    """A form with pictures is larger than others; it is read before anything is decided."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST_BYTES


def send_of_offer() -> calls.Answer | None:
    """Sends the pictures that were chosen for an offer, as `_send` does."""
    return _send("/offers/pictures", "name")


def send_of_errand() -> calls.Answer | None:
    """Sends the pictures that were chosen for an errand, as `_send` does."""
    return _send("/errands/pictures", "id")


def _send(path: str, called: str) -> calls.Answer | None:
    """Sends the pictures that were chosen, so that they are kept if the form is refused; the
    answer if one of them was. `g.pictures` are those of the form and the new ones, as the API has
    `called` them."""
    g.pictures = forms.many("pictures")
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        raw = (file.read(), file.content_type or "application/octet-stream")
        answer = calls.send("POST", path, raw=raw)
        if answer.is_refused:
            return answer
        if answer.body[called] not in g.pictures:
            g.pictures.append(answer.body[called])
    return None
