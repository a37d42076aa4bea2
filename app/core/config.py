"""The settings, as the rooms read them."""

from config.settings import Settings, settings

__all__ = ["Settings", "settings"]
