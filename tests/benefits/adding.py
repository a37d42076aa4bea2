"""A plugin of pytest: the kinds in the folder FIFTH_BENEFIT stand among those of the product."""

from __future__ import annotations

import os
from importlib import import_module

import_module("app.benefits").__path__.append(os.environ["FIFTH_BENEFIT"])
