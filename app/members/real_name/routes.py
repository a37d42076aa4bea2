"""A member's real name: given with consent, shown in part. Holds no rule."""

from __future__ import annotations

from typing import Any

from app.core import auth
from app.core.api import api_blueprint
from app.core.errors import NotFound
from app.core.limits import limiter
from app.members import phones
from app.members.real_name import comparing, consent, rules, service
from app.members.real_name.schemas import (
    ConsentView,
    RealNameRequest,
    RealNameView,
    RegistrationCheck,
    RegistrationCheckRequest,
)

blueprint = api_blueprint("real names", __name__)
Fields = dict[str, Any]
# Whoever tries out whether somebody's number is known here gets no further.
GIVEN_BY_ONE = "20 per hour"


def caller() -> str:
    """Whom a limit counts, wherever they call from."""
    return f"{auth.principal().kind}/{auth.principal().id}"


@blueprint.get("/real-name/consent")
@blueprint.output(ConsentView)
@auth.public
def show_consent() -> Fields:
    """The text that is consented to with a real name, and its version."""
    return {"version": consent.VERSION, "text": consent.TEXTS[consent.VERSION]}


@blueprint.post("/real-name")
@blueprint.input(RealNameRequest, arg_name="body")
@blueprint.output(RealNameView)
@auth.member
@limiter.limit(GIVEN_BY_ONE, key_func=caller)
def give_my_real_name(body: RealNameRequest) -> Fields:
    """Give name, ID number, phone and bank card; the same once more changes nothing."""
    member_id, card = auth.principal().id, body.bank_card
    given = service.Given(
        name=body.name,
        id_number=body.id_number,
        phone=body.phone,
        card_number=card.number if card else None,
        bank_name=card.bank_name if card else None,
        consent_version=body.consent_version,
        consent_door=body.consent_door,
    )
    service.give(member_id, given)
    plain = service.plain_of(member_id)
    assert plain is not None
    return shown(plain)


@blueprint.post("/me/registration-check")
@blueprint.input(RegistrationCheckRequest, arg_name="body")
@blueprint.output(RegistrationCheck)
@auth.member
@limiter.limit(GIVEN_BY_ONE, key_func=caller)
def check_my_registration(body: RegistrationCheckRequest) -> Fields:
    """Compare what the signed-in member typed with what is on record of them; nothing is kept."""
    given = body.model_dump(exclude_none=True)
    return {"fields": comparing.compare(auth.principal().id, given)}


@blueprint.get("/me/real-name")
@blueprint.output(RealNameView)
@auth.member
def show_my_real_name() -> Fields:
    """The signed-in member's real name, in part."""
    plain = service.plain_of(auth.principal().id)
    if plain is None:
        raise NotFound()
    return shown(plain)


def shown(plain: service.Plain) -> Fields:
    """A real name with its parts hidden."""
    card = None
    if plain.card_number is not None:
        card = {
            "number": rules.masked_card(plain.card_number),
            "bank_name": plain.bank_name,
            "changed_at": plain.card_changed_at,
        }
    return {
        "name": rules.masked_name(plain.name),
        "id_number": rules.masked_id_number(plain.id_number),
        "phone": phones.masked(plain.phone),
        "bank_card": card,
        "consent_version": plain.consent_version,
        "consent_door": plain.consent_door,
        "confirmed_at": plain.recorded_at,
    }
