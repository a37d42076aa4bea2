"""Pictures that applicants send, and who looks at them."""

from __future__ import annotations

from typing import Any

from tests.alliance import shop as world
from tests.alliance.offers import stall

UPLOADS = "/api/v1/me/merchant-applications/pictures"


def uploaded(client: Any, who: Any, kind: str = "licence", data: bytes | None = None) -> Any:
    """What uploading a picture is answered with."""
    sent = stall.picture("JPEG") if data is None else data
    return client.post(f"{UPLOADS}?kind={kind}", data=sent, headers=who)


def picture(client: Any, who: Any, kind: str = "licence") -> str:
    """A picture uploaded; its id."""
    answer = uploaded(client, who, kind)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def own(client: Any, who: Any, picture_id: str) -> Any:
    """The answer to an applicant who asks for it."""
    return client.get(f"{UPLOADS}/{picture_id}.jpg", headers=who)


def looked_at(client: Any, who: Any, picture_id: str) -> Any:
    """The answer to one of the staff who asks for it."""
    path = f"/api/v1/merchant-applications/pictures/{picture_id}.jpg"
    return client.get(path, headers=who)


def set_to(client: Any, who: Any, made: dict[str, Any], *ids: str) -> Any:
    """What saying which pictures an application has is answered with."""
    path = f"/api/v1/merchant-applications/{made['id']}/pictures"
    return client.put(path, json={"pictures": list(ids)}, headers=who)


def ids(shown: dict[str, Any]) -> list[str]:
    """The pictures that an answer tells of."""
    return [each["id"] for each in shown["pictures"]]


def kept(*picture_ids: str) -> int:
    """How many of them are still stored."""
    named = ", ".join(f"'{each}'" for each in picture_ids)
    return world.count("alliance_application_picture", f"id IN ({named})")
