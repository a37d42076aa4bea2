"""The product. `create_app` is the one place that knows every room and wires who reads what."""

from __future__ import annotations

from apiflask import APIFlask
from flask_migrate import Migrate

from app import seed
from app.alliance import distribution, facts, payments, posters, settlements, web_login
from app.alliance import merging as alliance_merging
from app.alliance import refunds as sale_refunds
from app.alliance.routes import blueprint as alliance_blueprint
from app.alliance.staff_routes import blueprint as partners_blueprint
from app.alliance.web_routes import blueprint as web_pages_blueprint
from app.core import api, boot, commands, errors, health, limits, logs, openapi, outbox
from app.core.config import settings
from app.core.db import db
from app.core.routes import blueprint as staff_blueprint
from app.core.timetable import every
from app.ledger import commands as ledger_commands
from app.ledger import service as ledger
from app.members import jobs as members_jobs
from app.members import service as members
from app.members.phone_routes import blueprint as phones_blueprint
from app.members.review_routes import blueprint as reviews_blueprint
from app.members.routes import blueprint as members_blueprint
from app.notices import (
    arrivals,
    conversation,
    deliveries,
    glances,
    menu,
    outgoing,
    places,
    previews,
    readers,
)
from app.notices import merging as notices_merging
from app.notices import service as notices
from app.notices.routes import blueprint as notices_blueprint
from app.pages.routes import blueprint as pages_blueprint
from app.pages.statements import blueprint as statements_blueprint
from app.qr import service as qr
from app.qr.routes import blueprint as qr_blueprint
from app.wallet import (
    experience,
    order_calls,
    orders,
    payouts,
    reconciliation_commands,
    reconciliation_jobs,
    refunds,
    shipping,
    suspense,
    topups,
    treasury,
    withdrawal_batches,
    withdrawal_review,
    withdrawals,
)
from app.wallet import jobs as wallet_jobs
from app.wallet import merging as wallet_merging
from app.wallet import notices as wallet_notices
from app.wallet import signals as wallet_signals
from app.wallet.reconciliation_routes import blueprint as reconciliation_blueprint
from app.wallet.routes import blueprint as wallet_blueprint
from app.wallet.staff_routes import blueprint as wallet_staff_blueprint
from app.wallet.tax_routes import blueprint as tax_blueprint
from app.wallet.topup_routes import blueprint as topup_blueprint
from app.wechat import client as wechat
from app.wechat import commands as wechat_commands
from app.wechat import door as wechat_door
from app.wechat import jobs as wechat_jobs
from app.wechat.routes import blueprint as wechat_blueprint

POOL_TIMEOUT_SECONDS = 5


def create_app() -> APIFlask:
    """The application, ready to serve; raises pydantic's ValidationError for bad settings."""
    logs.install()
    app = APIFlask(
        __name__,
        title="Lianhui 联惠",
        version="1",
        spec_path="/openapi.json",
        docs_path="/docs",
        static_folder="pages/static",
    )
    app.config.update(
        SECRET_KEY=settings().secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=settings().database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": settings().database_pool_size,
            "max_overflow": 4,
            "pool_timeout": POOL_TIMEOUT_SECONDS,
            "hide_parameters": True,  # a logged database error must not carry personal data
            "connect_args": {"connect_timeout": 3},
        },
        RATELIMIT_STORAGE_URI=settings().redis_url,
    )
    db.init_app(app)
    Migrate(app, db)
    limits.install(app)
    errors.install(app)
    api.install(app)
    openapi.install(app)
    health.install(app)
    commands.install(app)
    seed.install(app)
    app.register_blueprint(staff_blueprint)
    app.register_blueprint(pages_blueprint)
    app.register_blueprint(statements_blueprint)
    app.register_blueprint(qr_blueprint)
    _open_rooms(app)
    boot.check_servers(app)
    return app


def _open_rooms(app: APIFlask) -> None:
    """Wires the rooms, in the order in which they build on each other."""
    with app.app_context():
        _open_ledger(app)
        _open_wechat(app)
        _open_members(app)
        _open_wallet(app)
        _open_alliance(app)
        _open_notices(app)


def _open_ledger(app: APIFlask) -> None:
    """The room `ledger`: its commands, and folding and sealing what was posted."""
    ledger_commands.install(app)
    every(ledger.SEAL_SECONDS, "ledger.fold_and_seal", ledger.fold_and_seal)


def _open_wechat(app: APIFlask) -> None:
    """The room `wechat`: its addresses and the duties of its inbox."""
    app.register_blueprint(wechat_blueprint)
    wechat_commands.install(app)
    wechat_door.install(app)
    every(wechat_jobs.SWEEP_SECONDS, "wechat.sweep_notices", wechat_jobs.sweep_notices)
    every(wechat_jobs.CLEAR_SECONDS, "wechat.clear_old_notices", wechat_jobs.clear_old_notices)
    every(wechat_jobs.CERTIFICATE_SECONDS, "wechat.certificates", wechat_jobs.ask_for_certificates)
    certificates_due, reader = wechat_jobs.CERTIFICATES_DUE, wechat_jobs.CERTIFICATES_READER
    outbox.reader(certificates_due, reader, wechat_jobs.refresh_certificates)
    health.gauge("notices_unprocessed", wechat.unprocessed)
    health.gauge("wechat_paths_paused", wechat.paths_paused)
    health.series("wechat_calls_today", ("app", "path"), wechat.calls_today)


def _open_members(app: APIFlask) -> None:
    """The room `members`: its addresses and how many members wait to be brought together."""
    app.register_blueprint(members_blueprint)
    app.register_blueprint(reviews_blueprint)
    app.register_blueprint(phones_blueprint)
    health.gauge("codes_permanent", qr.permanent_count)
    health.gauge("members_to_merge", members.same_person_count)
    outbox.reader(members.JOINED, "members.ask_unionids", members_jobs.ask_unionids)
    outbox.reader(members.SAME_PERSON, "members.merge_same_person", members_jobs.merge_same_person)


def _open_wallet(app: APIFlask) -> None:
    """The room `wallet`: its addresses, what it hears from WeChat Pay, its work and duties."""
    app.register_blueprint(wallet_blueprint)
    app.register_blueprint(wallet_staff_blueprint)
    app.register_blueprint(tax_blueprint)
    app.register_blueprint(topup_blueprint)
    wechat.payment_notified.connect(wallet_notices.take_notice)
    wallet_signals.order_paid.connect(topups.credit, sender=topups.PURPOSE)
    wallet_signals.order_paid.connect(shipping.note_paid)
    wechat.message_received.connect(shipping.hear)
    outbox.reader(shipping.DUE, "wallet.report_shipping", shipping.report)
    members.past_asked.connect(wallet_merging.has_past)
    members.merging.connect(wallet_merging.hand_over)
    members.unmerging.connect(wallet_merging.take_back)
    every(wallet_merging.RESIDUE_SECONDS, "wallet.move_residues", wallet_merging.move_residues)
    outbox.reader(orders.ASK, "wallet.look_at_order", order_calls.look_at_order)
    outbox.reader(orders.CLOSE, "wallet.close_at_wechat", order_calls.close_at_wechat)
    outbox.reader(refunds.LOOK, "wallet.look_at_refund", refunds.look_at_refund)
    outbox.reader(withdrawal_review.PAY, "wallet.pay_out", payouts.pay_out)
    every(wallet_jobs.LOOK_SECONDS, "wallet.look_at_orders", wallet_jobs.look_at_orders)
    every(wallet_jobs.LOOK_SECONDS, "wallet.look_at_refunds", wallet_jobs.look_at_refunds)
    every(wallet_jobs.LOOK_SECONDS, "wallet.look_at_withdrawals", wallet_jobs.look_at_withdrawals)
    every(withdrawal_batches.SEND_SECONDS, "wallet.send_batch", withdrawal_batches.send_due)
    every(withdrawal_batches.HAND_OVER_SECONDS, "wallet.hand_over", withdrawal_batches.hand_over)
    every(wallet_jobs.EXPIRE_SECONDS, "wallet.expire_experience", experience.expire_experience)
    every(wallet_jobs.COVER_SECONDS, "wallet.cover_channel_fees", treasury.cover_channel_fees)
    _compare_bills(app)
    health.gauge("withdrawals_open", withdrawals.open_count)
    health.gauge("withdrawals_contradicted", withdrawals.contradicted_count)
    health.gauge("withdrawals_manual", withdrawals.manual_count)
    health.gauge("withdrawals_unfunded", withdrawal_batches.waiting_for_funds)
    health.gauge("suspense_open", wallet_jobs.suspense_open)
    health.gauge("refunds_troubled", wallet_jobs.refunds_troubled)
    health.gauge("refunds_open", wallet_jobs.refunds_open)
    health.gauge("orders_overdue", wallet_jobs.orders_overdue)
    health.gauge("shippings_unreported", shipping.unreported)


def _compare_bills(app: APIFlask) -> None:
    """Reconciliation with WeChat Pay's daily bills."""
    app.register_blueprint(reconciliation_blueprint)
    reconciliation_commands.install(app)
    due, reader = reconciliation_jobs.DUE, reconciliation_jobs.READER
    outbox.reader(due, reader, reconciliation_jobs.fetch_bills)
    outbox.reader(suspense.REFUND, "wallet.refund_suspense", suspense.refund)
    every(reconciliation_jobs.ASK_SECONDS, "wallet.bills", reconciliation_jobs.ask_for_bills)
    health.gauge("reconciliation_open", reconciliation_jobs.open_count)
    health.gauge("reconciliation_late", reconciliation_jobs.late_count)


def _open_alliance(app: APIFlask) -> None:
    """The room `alliance`: its addresses, what it hears from the wallet, its duties."""
    app.register_blueprint(alliance_blueprint)
    app.register_blueprint(partners_blueprint)
    app.register_blueprint(web_pages_blueprint)
    qr.caption_asked.connect(posters.caption)
    wallet_signals.commission_asked.connect(facts.commission_released_fen)
    members.past_asked.connect(alliance_merging.has_past)
    members.merging.connect(alliance_merging.hand_over)
    members.unmerging.connect(alliance_merging.take_back)
    wallet_signals.order_paid.connect(payments.on_order_paid, sender=payments.PURPOSE)
    wallet_signals.order_closed.connect(payments.on_order_closed, sender=payments.PURPOSE)
    every(web_login.CLEAR_SECONDS, "alliance.clear_old_visits", web_login.clear_old)
    every(distribution.DISTRIBUTE_SECONDS, "alliance.distribute", distribution.distribute)
    every(distribution.RELEASE_SECONDS, "alliance.release_rebates", distribution.release)
    every(sale_refunds.RETRY_SECONDS, "alliance.retry_refunds", sale_refunds.retry_waiting)
    every(settlements.SETTLE_SECONDS, "alliance.settle", settlements.run_duty)
    health.gauge("sales_undistributed", distribution.undistributed)
    health.gauge("rebates_overdue", distribution.releases_overdue)
    health.gauge("refunds_waiting", sale_refunds.waiting_count)


def _open_notices(app: APIFlask) -> None:
    """The room `notices`: its addresses and the sending of what was written down."""
    app.register_blueprint(notices_blueprint)
    menu.install(app)
    previews.check()
    members.merging.connect(notices_merging.hand_over)
    wechat.message_received.connect(conversation.answer)
    wechat.answers_asked.connect(glances.scans, sender="scan")
    outbox.reader(members.JOINED, "notices.joined", readers.joined)
    outbox.reader(topups.CREDITED, "notices.topped_up", readers.topped_up)
    outbox.reader("sale.paid", "notices.paid", readers.paid)
    outbox.reader("sale.distributed", "notices.distributed", readers.distributed)
    outbox.reader("sale.refunded", "notices.refunded", readers.refunded)
    outbox.reader("settlement.issued", "notices.settled", readers.settled)
    outbox.reader(withdrawals.FINISHED, "notices.withdrawal_paid", readers.withdrawal_finished)
    outbox.reader(withdrawals.RETURNED, "notices.withdrawal_returned", readers.withdrawal_returned)
    outbox.reader(outgoing.QUEUED, "notices.send", outgoing.send)
    outbox.reader(arrivals.FOLLOWED, "notices.recognise_payer", arrivals.recognise)
    outbox.reader(menu.PUBLISH, "notices.publish_menu", menu.publish)
    every(deliveries.CLEAR_SECONDS, "notices.clear_old_deliveries", deliveries.clear_old)
    every(places.CLEAR_SECONDS, "notices.clear_old_places", places.clear_old)
    health.gauge("notices_not_arrived", notices.not_arrived)
