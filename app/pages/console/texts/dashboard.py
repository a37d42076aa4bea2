"""English of the front page."""

from __future__ import annotations

ENGLISH = {"总览": "Overview", "概览": "Dashboard"}
