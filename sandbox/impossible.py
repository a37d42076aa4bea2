"""What a person or an operator cannot do here."""

from __future__ import annotations


class Impossible(Exception):
    """Something that cannot be done; `code` names it, the text is shown to the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
