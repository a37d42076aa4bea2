"""The API's description: who may call each route, is it repeatable, does it move money."""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIFlask
from flask import Flask

from app.core import proofs

PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "message"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "English"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; documented in docs/errors.md"},
        "detail": {"type": "string", "description": "English"},
        "message": {"type": "string", "description": "中文"},
        "request_id": {"type": "string"},
    },
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}
PROOF_PARAMETERS = [
    {
        "name": proofs.PIN_HEADER,
        "in": "header",
        "required": False,
        "description": "The member's payment PIN, above `PAYMENT_FREE_FEN`",
        "schema": {"type": "string", "pattern": proofs.PIN_PATTERN},
    },
    {
        "name": proofs.LOGIN_HEADER,
        "in": "header",
        "required": False,
        "description": "A fresh login code of the mini-program instead, while there is no PIN",
        "schema": {"type": "string", "minLength": 1, "maxLength": proofs.LONGEST_LOGIN_CODE},
    },
]
METHODS = {"get", "post", "put", "patch", "delete"}


def install(app: APIFlask) -> None:
    """Settings of the description and the processor that completes it."""
    app.config.update(
        INFO={"description": "Membership, wallet and settlement for an alliance of shops (联惠)."},
        SECURITY_SCHEMES={"bearer": {"type": "http", "scheme": "bearer"}},
        AUTO_OPERATION_ID=True,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_SERVERS=False,
        SWAGGER_UI_CSS="/static/swagger-ui/swagger-ui.css",
        SWAGGER_UI_BUNDLE_JS="/static/swagger-ui/swagger-ui-bundle.js",
        SWAGGER_UI_STANDALONE_PRESET_JS="/static/swagger-ui/swagger-ui-standalone-preset.js",
        DOCS_FAVICON="/static/favicon.svg",
    )

    @app.spec_processor
    def complete(spec: Any) -> Any:
        spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        views = routes_by_path(app)
        for path, operations in spec["paths"].items():
            for method in METHODS & set(operations):
                _complete_operation(operations[method], views.get((path, method)))
        return spec


def routes_by_path(app: Flask) -> dict[tuple[str, str], Any]:
    """The view of each route, by its path as the description writes it and its method (small)."""
    found = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method in rule.methods or ():
            found[(path, method.lower())] = app.view_functions[rule.endpoint]
    return found


def _complete_operation(operation: dict[str, Any], view: Any) -> None:
    decision = getattr(view, "auth_decision", None)
    idempotent = bool(getattr(view, "idempotent", False))
    operation["x-auth"] = decision
    operation["x-idempotent"] = idempotent
    operation["x-money"] = bool(getattr(view, "money", False))
    operation["x-step-up"] = bool(getattr(view, "step_up", False))
    if decision and decision.startswith(("member", "staff")):
        operation["security"] = [{"bearer": []}]
    if idempotent:
        operation.setdefault("parameters", []).append(KEY_PARAMETER)
    if getattr(view, "asks_proof", False):
        operation.setdefault("parameters", []).extend(PROOF_PARAMETERS)
    problem = {
        "description": "A refusal that changed nothing",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for status in ("4XX", "503"):
        operation["responses"].setdefault(status, problem)
