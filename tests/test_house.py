"""The house: walls between rooms, one commit, small things, no route without a decision."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
FLOORS = [
    {"core"},
    {"ledger", "wechat"},
    {"qr", "members"},
    {"wallet"},
    {"alliance"},
    {"benefits"},
    {"notices"},
    {"pages"},
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
DOORS = {"wechat": {"client"}}
WIRING = {"__init__.py", "seed.py", "seed_campaigns.py"}
LONGEST_FUNCTION, LONGEST_FILE = 40, 400
CHECKED = ["app", "sandbox", "launcher", "chaos", "config", "bench", "migrations"]
CHECKED += ["worker.py", "wsgi.py"]
# Public by nature: the description, and the pages that show it.
FRAMEWORK_ENDPOINTS = {
    "openapi.spec",
    "openapi.docs",
    "openapi.swagger_ui_oauth_redirect",
}


def sources(*places: str) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def rooms() -> list[str]:
    return sorted(path.name for path in APP.iterdir() if (path / "__init__.py").exists())


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module a file imports, wherever the import stands, as (line, full dotted name)."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            stem = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            base = ".".join(part for part in (stem, node.module or "") if part)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def trespasses(room: str, name: str) -> str | None:
    """Why a file of `room` may not import the module or name `name`, or None."""
    parts = name.split(".")
    if parts[0] in {"sandbox", "launcher", "chaos", "tests", "bench"}:
        return f"imports {name}: the product does not know {parts[0]}"
    if parts[0] != "app" or len(parts) < 2 or parts[1] == room:
        return None
    if parts[1] not in FLOOR_OF:
        return f"imports {name}: only create_app knows every room"
    if FLOOR_OF[parts[1]] >= FLOOR_OF[room]:
        return f"imports {name}: a room imports only rooms below it"
    door = DOORS.get(parts[1], {"service"})
    if parts[1] != "core" and (len(parts) < 3 or parts[2] not in door):
        return f"imports {name}: the door of {parts[1]} is {'/'.join(sorted(door))}"
    return None


def test_every_room_stands_on_a_known_floor():
    assert set(rooms()) <= set(FLOOR_OF)


def test_every_room_says_what_may_not_enter():
    for room in rooms():
        assert ast.get_docstring(ast.parse((APP / room / "__init__.py").read_text())), room


@pytest.mark.parametrize("room", rooms())
def test_rooms_import_only_downstairs_and_through_doors(room):
    found = [
        f"{path.relative_to(ROOT)}:{line} {reason}"
        for path in sorted((APP / room).rglob("*.py"))
        for line, name in imports(path)
        if (reason := trespasses(room, name))
    ]
    assert found == []


def test_other_processes_import_nothing_of_the_product():
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in sources("sandbox", "launcher", "chaos")
        for line, name in imports(path)
        if name.split(".")[0] == "app"
    ]
    assert found == []


def test_planted_trespasses_are_caught():
    assert trespasses("ledger", "app.wechat.client")
    assert trespasses("qr", "app.members.service")
    assert trespasses("wallet", "app.ledger.models")
    assert trespasses("members", "app.wechat.routes.blueprint")
    assert trespasses("core", "app.create_app")
    assert trespasses("wallet", "sandbox.state")
    assert trespasses("wallet", "app.ledger.service.post") is None
    assert trespasses("wallet", "app.core.db.in_transaction") is None


def test_only_core_db_and_the_ledgers_group_commit():
    allowed = {"app/core/db.py", "app/ledger/group.py"}
    pattern = re.compile(r"\.(commit|rollback|begin|begin_nested)\(")
    found = [
        f"{name}:{number} {line.strip()}"
        for path in sources("app", "worker.py")
        if (name := str(path.relative_to(ROOT))) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line) and "ledger.commit(" not in line and "service.commit(" not in line
    ]
    assert found == []


def test_functions_and_files_are_small_enough_to_read_at_a_glance():
    found = []
    for path in sources(*CHECKED):
        text = path.read_text()
        if len(text.splitlines()) > LONGEST_FILE:
            found.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert found == []


def test_no_room_is_called_utils():
    names = {"utils", "helpers", "helper", "common", "misc"}
    assert [str(path) for path in sources(*CHECKED) if path.stem in names] == []


def test_time_and_chance_enter_through_world_only():
    pattern = re.compile(
        r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(|\brandom\.|uuid[147]\("
    )
    allowed = {"app/core/world.py", "app/core/api.py"}
    found = [
        f"{name}:{number} {line.strip()}"
        for path in sources("app")
        if (name := str(path.relative_to(ROOT))) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_product_has_no_branch_for_the_sandbox():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("app")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.If | ast.IfExp) and "sandbox" in ast.unparse(node.test).lower()
    ]
    assert found == []


def test_every_route_carries_a_decision_who_may_call(app):
    missing = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FRAMEWORK_ENDPOINTS
        and not getattr(app.view_functions[rule.endpoint], "auth_decision", None)
    ]
    assert missing == []


def test_every_route_has_its_line_in_the_table_that_says_who_may_call_it(app):
    """The lines are what `tests/authorisation` holds every route to; write yours as it is meant."""
    from tests.authorisation import table

    routes, lines = table.routes(app), table.lines()
    missing = [table.suggested(name, routes[name][2]) for name in sorted(routes.keys() - lines)]
    words = "review these lines and add them to docs/authorisation-table.md:"
    assert missing == [], "\n".join([words, *missing])
    assert sorted(lines.keys() - routes) == [], "lines of routes that are gone"


def test_every_route_is_described(app):
    described = set(app.spec["paths"])
    missing = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FRAMEWORK_ENDPOINTS
        and re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule) not in described
    ]
    assert missing == []


def test_every_setting_is_documented():
    from config.settings import Settings

    text = (ROOT / "docs" / "settings.md").read_text()
    assert [name for name in Settings.model_fields if f"`{name.upper()}`" not in text] == []


def test_every_error_code_is_documented_in_both_languages(app):
    from app.core.errors import AppError

    text = (ROOT / "docs" / "errors.md").read_text()
    kinds = list(_subclasses(AppError))
    assert [kind.__name__ for kind in kinds if f"`{kind.code}`" not in text] == []
    assert [kind.__name__ for kind in kinds if not re.search(r"[一-鿿]", kind.message)] == []


def test_problems_are_told_in_chinese_with_its_own_punctuation(app):
    from app.core.errors import AppError

    wrong = [
        kind.message
        for kind in _subclasses(AppError)
        if re.search(r"[一-龥][,:;]|[,:;][一-龥]", kind.message)
    ]
    assert wrong == []


def test_every_number_of_health_is_documented(client):
    text = (ROOT / "docs" / "operations.md").read_text()
    names = [name for name, value in client.get("/healthz/ready").json.items() if value == 0]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_each_table_that_names_a_member_is_told_to_them_or_kept_back_with_a_reason(app):
    """Declare it in the room's `own_data.py`: `part(...)`, or `kept_back(model, reason)`."""
    from app.core.db import Base
    from app.core.personal_data import declared_tables

    naming = {"member_id", "owner_id", "payer_id", "openid", "survivor_id", "phone", "id_number"}
    of_others = {"core_staff", "core_outbox"}  # staff; events, cleared when they were read
    undecided = {
        table.name for table in Base.metadata.sorted_tables if naming & set(table.columns.keys())
    }
    assert sorted(undecided - declared_tables() - of_others) == []


def test_each_encrypted_column_is_declared_so_that_its_key_can_be_changed(app):
    """`encrypt(text, some_context(key))` needs `sealed(Model.column, some_context)` in the room's
    opening; elsewhere are Redis, where it lasts for hours, the rotation, and `encrypt_bytes`."""
    from app.core.keys.columns import columns

    elsewhere = {"app/wechat/shared.py", "app/core/keys/rotation.py", "app/core/crypto.py"}
    bound = [getattr(each.context, "func", each.context) for each in columns()]
    used = {
        ast.unparse(getattr(node.args[1], "func", node.args[1]))
        for path in sources("app")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"encrypt", "encrypt_bytes", "crypto.encrypt"}
        and str(path.relative_to(ROOT)) not in elsewhere
    }
    assert used == {each.__name__ for each in bound}


def test_error_codes_are_unique(app):
    from app.core.errors import AppError

    codes = [kind.code for kind in _subclasses(AppError) if "code" in vars(kind)]
    assert len(codes) == len(set(codes))


def test_money_tables_begin_with_the_bucket(app):
    from app.core.db import Base

    money = ("ledger_", "wallet_", "core_request", "core_outbox")
    registries = {"ledger_account_kind", "ledger_seal"}
    wrong = [
        table.name
        for table in Base.metadata.sorted_tables
        if table.name.startswith(money)
        and table.name not in registries
        and table.primary_key.columns.keys()[:1] != ["bucket"]
    ]
    assert wrong == []


def _subclasses(kind):
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
