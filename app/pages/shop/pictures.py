"""Pictures that come with a form of the merchant console, sent on to the API one by one."""

from __future__ import annotations

from flask import g, request

from app.pages.console import calls, forms

LARGEST_BYTES = 20 * 1024 * 1024


def allow() -> None:
    """A form with pictures is larger than others; it is read before anything is decided."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST_BYTES


def send() -> calls.Answer | None:
    """Sends the pictures that were chosen, so that they are kept if the form is refused; the
    answer if one of them was. `g.pictures` are those of the form and the new ones."""
    g.pictures = forms.many("pictures")
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        raw = (file.read(), file.content_type or "application/octet-stream")
        answer = calls.send("POST", "/offers/pictures", raw=raw)
        if answer.is_refused:
            return answer
        if answer.body["name"] not in g.pictures:
            g.pictures.append(answer.body["name"])
    return None
