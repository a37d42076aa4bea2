"""Stores as people look for them: what they are, where, and when they are open. Never money."""
