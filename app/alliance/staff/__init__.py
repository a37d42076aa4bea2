"""Who of staff may manage which staff accounts."""
