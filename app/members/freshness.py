"""Whether a member signed in a few minutes ago: asked for before what a lost token must not do."""

from __future__ import annotations

from app.core import auth
from app.members.own_data.errors import SignInAgain

FRESH_MINUTES = 10


def require_fresh() -> None:
    """Raises SignInAgain unless the request's session was opened within the last ten minutes."""
    if not auth.is_fresh(FRESH_MINUTES):
        raise SignInAgain()
