"""What a campaign of thanks says (fen)."""

from __future__ import annotations

from app.core.schemas import Body, Fen


class GratitudeSettings(Body):
    """For every purchase from `minimum_fen` on, `gift_fen`."""

    minimum_fen: Fen
    gift_fen: Fen
