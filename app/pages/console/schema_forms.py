"""Forms drawn from a JSON schema, such as the settings of a kind of campaign, and read back.

Names of nested fields are joined by dots. Amounts (`…_fen`) are typed in yuan, rates (`…_bp`) in
per cent. What cannot be read goes on as it was typed: the API refuses it and says why.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from flask import request

from app.core.units import decimal_yuan
from app.pages.console import choices, forms, wording
from app.pages.console.texts import language

Schema = dict[str, Any]
BLANK_ROWS = 2
MOST_ROWS = 30
LONGEST_LABEL = 80
CHINESE = re.compile(r"[㐀-鿿]")
BY_NAME = {"offer_id": "offer", "offer_ids": "offers", "store_ids": "stores"}
GENERIC = ("Amount in fen", "Fen (", "100 = 1", "RFC 3339")


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the form. kind: text, money, percent, number, select, checkbox, choices, lines,
    offer, offers, stores (chosen by name), group or rows; `children` are those of a group, or of
    each row."""

    name: str
    label: str
    kind: str
    value: Any = ""
    options: tuple[str, ...] = ()
    required: bool = False
    children: tuple[Any, ...] = field(default=())


def inputs(schema: Schema, values: dict[str, Any] | None) -> list[Input]:
    """The fields that a schema's object has, filled with values, or with its own defaults."""
    return list(_children(schema, schema, "", values or {}))


def asks_for(fields: list[Input], kind: str) -> bool:
    """Whether the form has a field of this kind, also in a group or row."""
    for each in fields:
        rows = each.children if each.kind == "rows" else [each.children]
        if each.kind == kind or any(asks_for(list(row), kind) for row in rows if row):
            return True
    return False


def told(schema: Schema, values: dict[str, Any]) -> list[tuple[str, Any]]:
    """What values of the schema say, by label: to be read, not to be changed."""
    found = []
    for each in inputs(schema, values):
        given = values.get(each.name)
        if each.kind in ("rows", "group"):
            rows = each.children[: len(given or [])] if each.kind == "rows" else [each.children]
            found.append((each.label, "；".join(_in_words(row) for row in rows) if given else None))
            continue
        if each.kind in BY_NAME.values():
            found.append((each.label, choices.told(each.kind, given)))
            continue
        said = {"money": wording.money, "percent": wording.percent}.get(each.kind)
        is_plain = given is None or (isinstance(given, (str, int)) and not isinstance(given, bool))
        text = given if is_plain else json.dumps(given, ensure_ascii=False)
        found.append((each.label, said(given) if said else text))
    return found


def _in_words(children: tuple[Input, ...]) -> str:
    """What a group of fields, or one of its rows, says in a line."""
    said = [(each.label, _in_a_word(each)) for each in children]
    return "，".join(f"{label} {value}" for label, value in said if value != "")


def _in_a_word(each: Input) -> Any:
    if each.kind in BY_NAME.values():
        return choices.told(each.kind, each.value) if each.value else ""
    return wording.word("setting", each.value) if each.kind == "select" else each.value


def read(schema: Schema) -> dict[str, Any]:
    """What the form that was drawn from the schema holds."""
    found: dict[str, Any] = _read_object(schema, schema, "")
    return found


def _children(root: Schema, schema: Schema, before: str, values: dict[str, Any]) -> Any:
    required = schema.get("required", [])
    for key, declared in schema.get("properties", {}).items():
        given = values.get(key, declared.get("default"))
        yield _input(root, declared, before + key, given, key in required)


def _input(root: Schema, declared: Schema, name: str, value: Any, required: bool) -> Input:
    schema = _plain(root, declared)
    label, kind = _label(declared, schema, name), _kind(root, schema, name)
    if kind == "group":
        inner = tuple(_children(root, schema, f"{name}.", value or {}))
        return Input(name, label, kind, children=inner)
    if kind == "rows":
        item = _plain(root, schema["items"])
        rows = [*(value or []), *([{}] * BLANK_ROWS)]
        drawn = tuple(
            tuple(_children(root, item, f"{name}.{number}.", each))
            for number, each in enumerate(rows[:MOST_ROWS])
        )
        return Input(name, label, kind, children=drawn)
    options = schema.get("enum") or _plain(root, schema.get("items", {})).get("enum") or ()
    return Input(name, label, kind, _shown(value, kind), tuple(map(str, options)), required)


def _kind(root: Schema, schema: Schema, name: str) -> str:
    typed, last = schema.get("type"), name.rpartition(".")[2]
    if last in BY_NAME:
        return BY_NAME[last]
    if schema.get("enum"):
        return "select"
    if typed == "object":
        return "group" if schema.get("properties") else "text"
    if typed == "array":
        item = _plain(root, schema.get("items", {}))
        if item.get("properties"):
            return "rows"
        return "choices" if item.get("enum") else "lines"
    if typed == "boolean":
        return "checkbox"
    if typed == "integer":
        ends = name.rpartition("_")[2]
        return {"fen": "money", "bp": "percent"}.get(ends, "number")
    return "text"


def _plain(root: Schema, schema: Schema) -> Schema:
    """The schema behind a reference, and without the `null` of what may be left out."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _plain(root, root.get("$defs", {}).get(name, {}))
    for key in ("anyOf", "allOf", "oneOf"):
        for each in schema.get(key, []):
            if each.get("type") != "null":
                return _plain(root, each)
    if "const" in schema:
        return schema | {"enum": [schema["const"]]}
    return schema


def _label(declared: Schema, schema: Schema, name: str) -> str:
    """The title where it is written for people (Chinese, then English), else a short description,
    else the field's own name."""
    own = str(declared.get("title", ""))
    if not CHINESE.search(own):
        told = declared.get("description") or schema.get("description") or ""
        is_told = told and len(told) <= LONGEST_LABEL and not told.startswith(GENERIC)
        own = told if is_told else own or name.rpartition(".")[2].replace("_", " ")
    last = max((found.end() for found in CHINESE.finditer(own)), default=0)
    chinese, english = own[:last].strip(), own[last:].strip(" ;：:)）")
    return (english or chinese) if language() == "en" else (chinese or english)


def _shown(value: Any, kind: str) -> Any:
    if value is None:
        return ""
    if kind in ("money", "percent") and isinstance(value, int):
        return decimal_yuan(value)
    if kind == "lines":
        return "\n".join(map(str, value))
    return value


def _read_object(root: Schema, schema: Schema, before: str) -> dict[str, Any]:
    found = {}
    for key, declared in schema.get("properties", {}).items():
        value = _read(root, _plain(root, declared), before + key)
        if (
            _may_be_left_out(declared)
            and isinstance(value, dict)
            and not _is_filled(f"{before}{key}.")
        ):
            continue  # a choice alone is no group: something is always chosen
        if value not in (None, "", [], {}):
            found[key] = value
    return found


def _read(root: Schema, schema: Schema, name: str) -> Any:
    kind = _kind(root, schema, name)
    if kind == "group":
        return _read_object(root, schema, f"{name}.")
    if kind == "rows":
        item = _plain(root, schema["items"])
        rows = (_read_object(root, item, f"{name}.{number}.") for number in range(MOST_ROWS))
        return [row for number, row in enumerate(rows) if _is_filled(f"{name}.{number}.")]
    readers = {
        "money": forms.fen,
        "percent": forms.basis_points,
        "number": forms.whole,
        "checkbox": forms.flag,
        "choices": forms.many,
        "lines": forms.lines,
        "offers": forms.many,
        "stores": forms.many,
    }
    value = readers.get(kind, forms.text)(name)
    whole = schema.get("type") == "integer" and kind == "select"
    return forms.whole(name) if whole else value


def _may_be_left_out(declared: Schema) -> bool:
    return any(each.get("type") == "null" for each in declared.get("anyOf", []))


def _is_filled(before: str) -> bool:
    """Whether anything was typed into a row; what can only be chosen does not count."""
    return any(
        name.startswith(before) and value.strip() and not name.endswith((".kind", ".choice"))
        for name, value in request.form.items()
    )
