"""Names for codes: what somebody told the control API, and an optional file.

The file (SANDBOX_LISTING) is any JSON; every object in it with a text `scene` and a text `label`
names a code. Nothing else in it is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.world import World


def labels(here: World) -> dict[str, str]:
    """Label by scene; what was told wins over the file. A missing or broken file names nothing."""
    told = here.state.meta.get("labels")
    return _from_file(here.accounts.listing) | (told.value if told else {})


def _from_file(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(_named(content))


def _named(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        scene, label = value.get("scene"), value.get("label")
        if isinstance(scene, str) and isinstance(label, str):
            yield scene, label
        value = list(value.values())
    if isinstance(value, list):
        for entry in value:
            yield from _named(entry)
