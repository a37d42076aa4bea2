"""Opens the room: its addresses and how many members wait to be brought together."""

from __future__ import annotations

from functools import partial

from apiflask import APIFlask

from app.core import health, outbox
from app.core.keys.columns import keyed, sealed
from app.core.timetable import every
from app.members import asking_again
from app.members import jobs as members_jobs
from app.members import service as members
from app.members.corrections import disputes
from app.members.corrections import service as corrections
from app.members.corrections.models import Dispute
from app.members.corrections.routes import blueprint as corrections_blueprint
from app.members.directory_routes import blueprint as directory_blueprint
from app.members.identities import openid_context
from app.members.invitations import sending as invitations
from app.members.invitations.models import Invitation
from app.members.invitations.routes import blueprint as invitations_blueprint
from app.members.models import Identity, Phone
from app.members.own_data import deletion, parts
from app.members.own_data.routes import blueprint as own_data_blueprint
from app.members.phone_routes import blueprint as phones_blueprint
from app.members.phones import number_context
from app.members.real_name import merging as real_name_merging
from app.members.real_name import rotation as real_name_rotation
from app.members.real_name.models import BankCard, RealName
from app.members.real_name.routes import blueprint as real_names_blueprint
from app.members.real_name.service import context
from app.members.real_name.staff_routes import blueprint as real_name_staff_blueprint
from app.members.review_routes import blueprint as reviews_blueprint
from app.members.routes import blueprint as members_blueprint


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    app.register_blueprint(members_blueprint)
    app.register_blueprint(directory_blueprint)
    app.register_blueprint(reviews_blueprint)
    app.register_blueprint(phones_blueprint)
    sealed(Identity.openid, openid_context)
    sealed(Phone.number, number_context)
    _open_real_names(app)
    _open_own_data(app)
    _open_corrections(app)
    _open_invitations(app)
    health.gauge("members_to_merge", members.same_person_count)
    outbox.reader(members.JOINED, "members.ask_unionids", members_jobs.ask_unionids)
    asks = asking_again.ask_again, asking_again.LEASE_SECONDS
    outbox.reader(asking_again.DUE, "members.ask_again", asks[0], lease_seconds=asks[1])
    every(asking_again.LOOK_SECONDS, "members.ask_again", asking_again.look)
    outbox.reader(members.SAME_PERSON, "members.merge_same_person", members_jobs.merge_same_person)


def _open_real_names(app: APIFlask) -> None:
    """Real names: their addresses, and what becomes of them when members become one."""
    app.register_blueprint(real_names_blueprint)
    app.register_blueprint(real_name_staff_blueprint)
    members.merging.connect(real_name_merging.hand_over)
    members.unmerging.connect(real_name_merging.take_back)
    for column in (RealName.name, RealName.id_number, RealName.phone):
        sealed(column, partial(context, "members_real_name", column.key))
    sealed(BankCard.number, partial(context, "members_bank_card", "number"))
    keyed(real_name_rotation.INDEX)


def _open_corrections(app: APIFlask) -> None:
    """Bindings that members dispute and staff put right."""
    app.register_blueprint(corrections_blueprint)
    sealed(Dispute.reason, disputes.reason_context)
    members.erasing.connect(disputes.erase)
    health.gauge("binding_disputes_open", disputes.open_count)
    health.gauge("binding_corrections_open", corrections.open_count)


def _open_invitations(app: APIFlask) -> None:
    """Inviting by phone number."""
    app.register_blueprint(invitations_blueprint)
    sealed(Invitation.number, invitations.number_context)
    members.erasing.connect(invitations.erase)
    every(invitations.EXPIRE_SECONDS, "members.expire_invitations", invitations.expire)


def _open_own_data(app: APIFlask) -> None:
    """Members' own data: told to them, and erased when they ask for it."""
    app.register_blueprint(own_data_blueprint)
    parts.declare()
    members.merging.connect(deletion.on_merging)
    every(deletion.ERASE_SECONDS, "members.erase", deletion.erase_due)
    health.gauge("deletions_delayed", deletion.delayed_count)
