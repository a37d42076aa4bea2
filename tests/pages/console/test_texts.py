"""Every word of the consoles is there in Chinese and in English, in one place."""

import inspect
import re
from pathlib import Path
from typing import get_args

from app.alliance.joining import reviewing, rules, schemas
from app.core.api import PREFIX
from app.core.audit import recording
from app.core.openapi import METHODS, routes_by_path
from app.members.real_name.service import SAME
from app.pages.console import schema_forms, wording
from app.pages.console.areas import EXTENSION
from app.pages.console.texts import CODES, ENGLISH, t
from app.pages.console.texts.actions import ACTIONS
from tests.alliance import shop as world

APP = Path(__file__).resolve().parents[3] / "app"
PAGES = APP / "pages"
SOURCES = [
    *PAGES.glob("templates/console/**/*.html"),
    *PAGES.glob("templates/shop/**/*.html"),
    *(path for path in PAGES.glob("console/**/*.py") if path.parent.name != "texts"),
    *PAGES.glob("shop/**/*.py"),
]
CALL = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')
CALL_BY_QUOTE = re.compile(r"\bt\(\s*'([^']*)'")
CHINESE = re.compile(r"[㐀-鿿]")


def used(text: str) -> list[str]:
    return CALL.findall(text) + CALL_BY_QUOTE.findall(text)


def test_every_text_has_its_english():
    missing = {
        f"{path.name}: {text}"
        for path in SOURCES
        for text in used(path.read_text())
        if CHINESE.search(text) and text not in ENGLISH
    }
    assert sorted(missing) == []


def test_every_code_and_every_line_of_the_menus_has_its_english(app):
    titles = {code.title for codes in CODES.values() for code in codes.values()}
    for console in app.extensions[EXTENSION].values():
        titles |= {console.name}
        for area in console.areas:
            titles |= {text for entry in area.entries for text in (entry.title, entry.group)}
    assert sorted(titles - set(ENGLISH)) == []


def test_templates_say_nothing_in_chinese_alone():
    bare = {}
    for path in SOURCES:
        if path.suffix == ".html":
            left = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
            for pattern in (CALL, CALL_BY_QUOTE):
                left = pattern.sub("", left)
            if found := CHINESE.findall(left.replace('"中文"', "")):
                bare[path.name] = "".join(found)
    assert bare == {}


def test_english_has_the_same_blanks_to_fill_in():
    blanks = re.compile(r"\{\w+\}")
    wrong = [
        text
        for text, said in ENGLISH.items()
        if set(blanks.findall(text)) != set(blanks.findall(said))
    ]
    assert wrong == []


def test_a_text_is_filled_in():
    assert t("退出") == "退出"
    assert t("第 {number} 页", number=3) == "第 3 页"


def is_recorded(method, view):
    """Whether what staff ask of a route is written down: changes, and what reveals, where its
    caller is known; signing in names its caller itself."""
    if method == "get" and not getattr(view, "is_audited", False):
        return False
    is_known = getattr(view, "auth_decision", "public") not in ("public", "wechat-signature")
    return is_known or "recording.act_as(" in inspect.getsource(inspect.unwrap(view))


def recorded(app):
    """Every action that the log can hold: of routes, and of commands."""
    found = {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for (path, method), view in routes_by_path(app).items()
        if path.startswith(PREFIX) and method in METHODS and is_recorded(method, view)
    }
    for path in APP.rglob("*.py"):
        written = path.read_text()
        noted = re.findall(r'recording\.note\(\s*"([^"]+)"', written)
        assert len(noted) == written.count("recording.note("), path
        found |= set(noted)
    return found


def test_every_action_of_the_log_has_a_name_in_both_languages(app):
    assert sorted(recorded(app) ^ set(ACTIONS)) == []
    for action, (chinese, english) in ACTIONS.items():
        assert CHINESE.search(chinese), action
        assert english, action
        assert not CHINESE.search(english), action
    for names in zip(*ACTIONS.values(), strict=True):
        assert len(set(names)) == len(names)


def steps_of_applications():
    """Every kind of step that an application can have but those of seeing it in clear."""
    found = set(get_args(schemas.Status))
    for path in (APP / "alliance/joining").glob("*.py"):
        found |= set(re.findall(r'\bstep\(\s*head,\s*"([^"]+)"', path.read_text()))
    return found


def test_every_step_of_an_application_has_a_name(app):
    assert {"submitted", "pictures_changed", "proposal_declined"} <= steps_of_applications()
    assert sorted(steps_of_applications() - set(CODES["application"])) == []
    kinds = schemas.ApplicationRevealRequest.model_json_schema()["properties"]["fields"]["items"]
    for language, begins in (("zh", "查看了明文："), ("en", "Saw in clear: ")):
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            shown = wording.application_step(f"revealed:{','.join(kinds['enum'])}")
            assert shown.startswith(begins)
            assert not re.search(r"[a-z]+_[a-z]+|revealed", shown), shown
            assert "revealed" not in wording.application_step(reviewing.LOOKED)
            assert bool(CHINESE.search(shown)) is (language == "zh")


def test_what_the_log_and_reviewers_read_has_a_name():
    assert sorted(recording.TOLD ^ set(CODES["decided"])) == []
    assert sorted(set(rules.FINDINGS) ^ set(CODES["finding"])) == []
    given = "".join(path.read_text() for path in (APP / "members").rglob("*.py"))
    reasons = set(re.findall(r'CannotMerge\("([^"]+)"\)', given)) | set(SAME.values()) | {"undone"}
    assert sorted(reasons ^ set(CODES["same_person"])) == []


def options(fields):
    """What can be chosen in a form drawn from a schema, also in its groups and rows."""
    for each in fields:
        yield from each.options
        rows = each.children if each.kind == "rows" else [each.children]
        for row in rows:
            yield from options(row)


def test_every_choice_in_the_rules_of_a_campaign_has_a_name(app, context):
    headers = world.staff_headers("operator")
    kinds = app.test_client().get("/api/v1/benefits", headers=headers).json["benefits"]
    assert len(kinds) > 3
    with app.test_request_context():
        found = {o for kind in kinds for o in options(schema_forms.inputs(kind["form"], {}))}
    assert "first_purchase" in found
    assert sorted(found - set(CODES["setting"])) == []
