"""How often one address may ask for what is costly or guessable. Counted in Redis, and in the
process while Redis is away."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

SIGN_IN = "30 per minute"

limiter = Limiter(
    key_func=get_remote_address,
    in_memory_fallback_enabled=True,
    swallow_errors=True,
    headers_enabled=True,
)
