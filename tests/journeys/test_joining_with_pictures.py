"""A shop owner joins the alliance: from the pictures of the licence to a merchant that is theirs.

Everything happens over HTTP; the pictures are drawn here and looked at as they come back.
"""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from app.core.world import beijing_day
from tests.alliance.joining import applicants
from tests.journeys.people import Member, Staff
from tests.journeys.test_from_scan_to_withdrawal import Alliance

pytestmark = pytest.mark.journey
MINE, THEIRS = "/me/merchant-applications", "/merchant-applications"
RED, GREEN = (200, 30, 30), (30, 160, 60)


@pytest.fixture(scope="module")
def alliance(product):
    return Alliance(product)


def photograph(colour) -> bytes:
    """A picture of one colour, as a phone takes it, with where it was taken."""
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x010E] = "30.2741 N 120.1551 E"
    Image.new("RGB", (3_000, 2_000), colour).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def sent(owner: Member, kind: str, colour) -> str:
    return str(owner.upload(f"{MINE}/pictures?kind={kind}", photograph(colour))["id"])


def colour_of(answer) -> tuple[int, ...]:
    """What the answer shows in its middle, having looked that it is a picture of ours."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert b"120.1551" not in answer.content
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (1_280, 853)
    return image.getpixel((640, 426))


def is_about(found, wanted) -> bool:
    return all(abs(one - other) < 8 for one, other in zip(found, wanted, strict=True))


def ids(application) -> list[str]:
    return [each["id"] for each in application["pictures"]]


def test_an_application_with_pictures_from_the_phone_to_the_merchant(product, alliance):
    owner = alliance.join("店主", alliance.tea["stores"][0]["scene"])
    stranger = alliance.join("路人", alliance.tea["stores"][0]["scene"])
    operator = Staff(product, alliance.facts["staff"]["operator"])
    licence = sent(owner, "licence", RED)
    assert operator.picture(f"{THEIRS}/pictures/{licence}.jpg").status_code == 404
    made = owner.post(THEIRS, **applicants.wish(), pictures=[licence])
    shown = operator.get(f"{THEIRS}/{made['id']}")
    assert ids(shown) == [licence]
    assert is_about(colour_of(operator.picture(f"{THEIRS}/pictures/{licence}.jpg")), RED)
    assert stranger.picture(f"{MINE}/pictures/{licence}.jpg").status_code == 404
    assert alliance.finance.picture(f"{THEIRS}/pictures/{licence}.jpg").status_code == 404
    decided = f"{THEIRS}/{made['id']}/decision"
    asked = {"version": 1, "decision": "ask_for_more", "reason": "请补充门头照"}
    operator.post(decided, status=200, **asked)
    front = sent(owner, "front", GREEN)
    stranger.put(f"{THEIRS}/{made['id']}/pictures", status=404, pictures=[front])
    again = owner.put(f"{THEIRS}/{made['id']}/pictures", pictures=[licence, front])
    assert (again["status"], again["version"], ids(again)) == ("submitted", 2, [licence, front])
    assert is_about(colour_of(owner.picture(f"{MINE}/pictures/{front}.jpg")), GREEN)
    assert is_about(colour_of(operator.picture(f"{THEIRS}/pictures/{front}.jpg")), GREEN)
    day = beijing_day(moment(product)).isoformat()
    terms = {"policy_id": alliance.facts["policy_id"], "concession_bp": 800, "starts_on": day}
    operator.post(decided, status=200, version=2, decision="approve", terms=terms)
    (joined,) = owner.get(MINE)["applications"]
    assert (joined["status"], ids(joined)) == ("approved", [licence, front])
    owner.put(f"{THEIRS}/{made['id']}/pictures", status=409, pictures=[])
    shown_to_finance = alliance.finance.picture(f"{THEIRS}/pictures/{licence}.jpg")
    assert is_about(colour_of(shown_to_finance), RED)
    assert alliance.finance.picture(f"{THEIRS}/pictures/{front}.jpg").status_code == 404
    steps = [each["kind"] for each in operator.get(f"{THEIRS}/{made['id']}")["steps"]]
    assert steps == [
        "submitted", "revealed:pictures", "more_asked", "pictures_changed", "revealed:pictures",
        "approved", "revealed:pictures",
    ]  # fmt: skip
    looks = operator.get("/audit?action=GET%20/merchant-applications/pictures")
    assert {licence, front} <= {found for each in looks["records"] for found in each["object_ids"]}


def test_what_is_withdrawn_leaves_no_picture(product, alliance):
    owner = alliance.join("反悔的店主", alliance.tea["stores"][0]["scene"])
    licence = sent(owner, "licence", RED)
    made = owner.post(THEIRS, **applicants.wish(), pictures=[licence])
    address = f"{MINE}/pictures/{licence}.jpg"
    part = "/me/data-export?part=alliance.application_pictures"
    assert [each["id"] for each in owner.get(part)["parts"][0]["rows"]] == [licence]
    owner.post(f"{THEIRS}/{made['id']}/withdrawal", status=200)
    assert owner.picture(address).status_code == 404
    assert owner.get(part)["parts"][0]["rows"] == []
    assert product.audit()["ok"] is True


def moment(product):
    """What time it is there."""
    return datetime.fromtimestamp(product.sandbox.moment(), UTC)
