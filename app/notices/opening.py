"""Opens the room: its addresses and the sending of what was written down."""

from __future__ import annotations

from apiflask import APIFlask

from app.alliance import service as alliance
from app.benefits import service as benefits
from app.core import health, outbox
from app.core.personal_data import part
from app.core.timetable import every
from app.members import service as members
from app.notices import (
    arrivals,
    conversation,
    deliveries,
    experience,
    glances,
    keeping,
    menu_commands,
    menu_publishing,
    outgoing,
    partners,
    places,
    previews,
    readers,
)
from app.notices import benefits as benefit_news
from app.notices import merging as notices_merging
from app.notices import own_data as notices_own_data
from app.notices.mailings import consents as mailing_consents
from app.notices.mailings import running as mailings
from app.notices.mailings.models import MailingConsent
from app.notices.mailings.routes import blueprint as mailings_blueprint
from app.notices.routes import blueprint as notices_blueprint
from app.notices.tickets import desk as ticket_desk
from app.notices.tickets import keeping as ticket_keeping
from app.notices.tickets import pictures as ticket_pictures
from app.notices.tickets.routes import blueprint as tickets_blueprint
from app.wallet import service as wallet
from app.wechat import client as wechat


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    app.register_blueprint(notices_blueprint)
    menu_commands.install(app)
    previews.check()
    members.merging.connect(notices_merging.hand_over)
    notices_own_data.declare()
    _open_tickets(app)
    _open_mailings(app)
    _tell_partners()
    members.erasing.connect(notices_own_data.erase)
    wechat.message_received.connect(conversation.answer)
    wechat.answers_asked.connect(glances.scans, sender="scan")
    outbox.reader(members.JOINED, "notices.joined", readers.joined)
    outbox.reader(wallet.TOP_UP_CREDITED, "notices.topped_up", readers.topped_up, is_local=True)
    outbox.reader("sale.paid", "notices.paid", readers.paid, is_local=True)
    outbox.reader("sale.distributed", "notices.distributed", readers.distributed, is_local=True)
    outbox.reader("sale.refunded", "notices.refunded", readers.refunded, is_local=True)
    outbox.reader(
        alliance.ORDER_CHANGED, "notices.order_changed", readers.order_changed, is_local=True
    )
    outbox.reader(wallet.EXPERIENCE_EXPIRING, "notices.experience", experience.expiring)
    outbox.reader(benefits.NEWS, "notices.benefit", benefit_news.told)
    outbox.reader("settlement.issued", "notices.settled", readers.settled)
    outbox.reader(
        wallet.WITHDRAWAL_FINISHED, "notices.withdrawal_paid", readers.withdrawal_finished
    )
    outbox.reader(
        wallet.WITHDRAWAL_RETURNED, "notices.withdrawal_returned", readers.withdrawal_returned
    )
    outbox.reader(outgoing.QUEUED, "notices.send", outgoing.send, is_patient=True)
    outbox.reader(arrivals.FOLLOWED, "notices.recognise_payer", arrivals.recognise)
    outbox.reader(menu_publishing.DUE, "notices.publish_menu", menu_publishing.publish_due)
    every(menu_publishing.LOOK_SECONDS, "notices.look_at_menu", menu_publishing.look)
    every(deliveries.CLEAR_SECONDS, "notices.clear_old_deliveries", deliveries.clear_old)
    every(places.CLEAR_SECONDS, "notices.clear_old_places", places.clear_old)
    health.gauge("menu_unpublished", menu_publishing.unpublished)
    every(keeping.SECONDS, "notices.clear_old", keeping.clear_old)
    health.gauge("notices_not_arrived", keeping.not_arrived)


def _tell_partners() -> None:
    """What merchants and those who speak for them are told of their place in the alliance."""
    outbox.reader(alliance.APPLICATION_CHANGED, "notices.application", partners.application_changed)
    outbox.reader(alliance.CONTRACT_OFFERED, "notices.contract", partners.contract_offered)
    outbox.reader(alliance.PAYEE_CHANGED, "notices.payee", partners.payee_changed)
    outbox.reader(alliance.STANDING_CHANGED, "notices.standing", partners.standing_changed)
    for event, reader in ((alliance.STANDING_CHANGED, "closing"), (partners.CLOSING_PAGE, "more")):
        outbox.reader(event, f"notices.store_{reader}", partners.closing_told, is_patient=True)


def _open_tickets(app: APIFlask) -> None:
    """Members' tickets and the staff's inbox."""
    app.register_blueprint(tickets_blueprint)
    ticket_keeping.declare()
    members.erasing.connect(ticket_keeping.erase)
    every(ticket_keeping.SECONDS, "notices.close_quiet_tickets", ticket_keeping.close_quiet)
    every(ticket_keeping.SECONDS, "notices.clear_old_tickets", ticket_keeping.clear_old)
    every(ticket_keeping.SECONDS, "notices.clear_ticket_pictures", ticket_pictures.clear_unused)
    health.gauge("tickets_waiting", ticket_desk.waiting)


def _open_mailings(app: APIFlask) -> None:
    """Service messages to members who agreed."""
    app.register_blueprint(mailings_blueprint)
    theirs = MailingConsent.member_id.in_
    part("notices.service_message_consents", "服务消息授权记录", MailingConsent, theirs)
    members.erasing.connect(mailing_consents.erase)
    every(mailings.SECONDS, "notices.send_mailings", mailings.work)
