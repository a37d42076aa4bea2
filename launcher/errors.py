"""What keeps the product from starting, in one sentence per language."""


class CannotStart(Exception):
    """Something on this machine is missing or in the way; the text says what and what helps."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(f"{english}\n{chinese}")
