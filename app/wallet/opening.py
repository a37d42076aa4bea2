"""Opens the room: its addresses, what it hears from WeChat Pay, its work and duties."""

from __future__ import annotations

from apiflask import APIFlask

from app.core import health, outbox
from app.core.timetable import every
from app.ledger import service as ledger
from app.members import service as members
from app.wallet import (
    experience,
    expiring,
    order_calls,
    orders,
    refunds,
    shipping,
    suspense,
    treasury,
)
from app.wallet import jobs as wallet_jobs
from app.wallet import merging as wallet_merging
from app.wallet import notices as wallet_notices
from app.wallet import own_data as wallet_own_data
from app.wallet import signals as wallet_signals
from app.wallet.explaining.kinds import kinds as explained_kinds
from app.wallet.funding import booking as funding
from app.wallet.funding.routes import blueprint as funding_blueprint
from app.wallet.profit_sharing import calls as split_calls
from app.wallet.profit_sharing import duties as split_duties
from app.wallet.profit_sharing import returning, splitting
from app.wallet.profit_sharing.routes import blueprint as splits_blueprint
from app.wallet.receiving import leaves
from app.wallet.receiving.routes import blueprint as receiving_blueprint
from app.wallet.reconciliation import commands as reconciliation_commands
from app.wallet.reconciliation import jobs as reconciliation_jobs
from app.wallet.reconciliation.routes import blueprint as reconciliation_blueprint
from app.wallet.reserve.routes import blueprint as reserve_blueprint
from app.wallet.routes import blueprint as wallet_blueprint
from app.wallet.shipping_routes import blueprint as shipping_blueprint
from app.wallet.spending import booking, months
from app.wallet.spending.routes import blueprint as spending_blueprint
from app.wallet.staff_routes import blueprint as wallet_staff_blueprint
from app.wallet.topups import bonuses
from app.wallet.topups import top_up as topups
from app.wallet.topups.routes import blueprint as topup_blueprint
from app.wallet.withdrawals import batches as withdrawal_batches
from app.wallet.withdrawals import payouts, waking
from app.wallet.withdrawals import requests as withdrawals
from app.wallet.withdrawals.bank import batches as bank_batches
from app.wallet.withdrawals.bank.routes import blueprint as bank_blueprint
from app.wallet.withdrawals.routes import blueprint as withdrawal_blueprint
from app.wallet.withdrawals.tax_routes import blueprint as tax_blueprint
from app.wechat import client as wechat


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    _open_own_data()
    ledger.explain(explained_kinds())
    app.register_blueprint(wallet_blueprint)
    app.register_blueprint(wallet_staff_blueprint)
    app.register_blueprint(shipping_blueprint)
    app.register_blueprint(withdrawal_blueprint)
    app.register_blueprint(tax_blueprint)
    _open_top_ups(app)
    wechat.payment_notified.connect(wallet_notices.take_notice)
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
    every(wallet_jobs.LOOK_SECONDS, "wallet.look_at_orders", wallet_jobs.look_at_orders)
    every(wallet_jobs.LOOK_SECONDS, "wallet.look_at_refunds", wallet_jobs.look_at_refunds)
    every(wallet_jobs.LOOK_SECONDS, "wallet.look_at_withdrawals", wallet_jobs.look_at_withdrawals)
    every(wallet_jobs.EXPIRE_SECONDS, "wallet.expire_experience", experience.expire_experience)
    every(expiring.LOOK_SECONDS, "wallet.remind_of_experience", expiring.remind)
    every(wallet_jobs.COVER_SECONDS, "wallet.cover_channel_fees", treasury.cover_channel_fees)
    _split_payments(app)
    _pay_withdrawals_out(app)
    _compare_bills(app)
    _spend_funds(app)
    health.gauge("withdrawals_open", withdrawals.open_count)
    health.gauge("withdrawals_contradicted", withdrawals.contradicted_count)
    health.gauge("withdrawals_manual", withdrawals.manual_count)
    health.gauge("withdrawals_unfunded", withdrawal_batches.waiting_for_funds)
    health.gauge("suspense_open", wallet_jobs.suspense_open)
    health.gauge("refunds_troubled", wallet_jobs.refunds_troubled)
    health.gauge("refunds_open", wallet_jobs.refunds_open)
    health.gauge("orders_overdue", wallet_jobs.orders_overdue)
    health.gauge("shippings_unreported", shipping.unreported)


def _open_top_ups(app: APIFlask) -> None:
    """Top-ups and what is promised with them."""
    app.register_blueprint(topup_blueprint)
    wallet_signals.order_paid.connect(topups.credit, sender=topups.PURPOSE)
    wallet_signals.order_closed.connect(bonuses.release, sender=topups.PURPOSE)


def _split_payments(app: APIFlask) -> None:
    """Profit sharing: splits, what is given free, what comes back."""
    app.register_blueprint(splits_blueprint)
    outbox.reader(splitting.LOOK, "wallet.look_at_split", split_calls.look_at_split)
    outbox.reader(orders.RELEASE, "wallet.release_order", split_calls.release_order)
    outbox.reader(returning.LOOK, "wallet.look_at_split_return", returning.look_at_return)
    every(split_duties.LOOK_SECONDS, "wallet.look_at_splits", split_duties.look_again)
    every(split_duties.RELEASE_SECONDS, "wallet.release_old", split_duties.release_old)
    health.gauge("splits_open", split_duties.open_count)
    health.gauge("splits_troubled", split_duties.troubled_count)


def _pay_withdrawals_out(app: APIFlask) -> None:
    """Sending withdrawals, and members' leave to be paid without confirming each."""
    health.gauge("withdrawals_reviewing", withdrawals.reviewing_count)
    outbox.reader(waking.PAY, "wallet.pay_out", payouts.pay_out)
    every(withdrawal_batches.SEND_SECONDS, "wallet.send_batch", withdrawal_batches.send_due)
    every(withdrawal_batches.HAND_OVER_SECONDS, "wallet.hand_over", withdrawal_batches.hand_over)
    app.register_blueprint(receiving_blueprint)
    outbox.reader(leaves.DUE, "wallet.receiving_leave", leaves.look)
    every(leaves.LOOK_SECONDS, "wallet.look_at_leaves", leaves.look_at_leaves)
    app.register_blueprint(bank_blueprint)
    health.gauge("bank_lines_open", bank_batches.unanswered_count)
    health.gauge("bank_lines_to_confirm", bank_batches.pending_count)


def _compare_bills(app: APIFlask) -> None:
    """Reconciliation with daily bills, and the reserve report, which says what came of it."""
    app.register_blueprint(reconciliation_blueprint)
    app.register_blueprint(reserve_blueprint)
    reconciliation_commands.install(app)
    due, reader = reconciliation_jobs.DUE, reconciliation_jobs.READER
    lease_seconds = reconciliation_jobs.LEASE_SECONDS
    outbox.reader(due, reader, reconciliation_jobs.fetch_bills, lease_seconds=lease_seconds)
    outbox.reader(orders.SECOND_PAYMENT, "wallet.return_second", suspense.return_second)
    outbox.reader(suspense.REFUND, "wallet.refund_suspense", suspense.refund)
    every(reconciliation_jobs.ASK_SECONDS, "wallet.bills", reconciliation_jobs.ask_for_bills)
    health.gauge("reconciliation_open", reconciliation_jobs.open_count)
    health.gauge("reconciliation_late", reconciliation_jobs.late_count)


def _spend_funds(app: APIFlask) -> None:
    """The platform's funds: filled and moved by staff, spent against receipts."""
    app.register_blueprint(funding_blueprint)
    health.gauge("treasury_bookings_waiting", funding.waiting)
    app.register_blueprint(spending_blueprint)
    every(months.CLOSE_SECONDS, "wallet.close_fund_months", months.close_due)
    health.gauge("spendings_waiting", booking.waiting)


def _open_own_data() -> None:
    """What members are told of themselves, and what is erased with them."""
    wallet_own_data.declare()
    members.remaining_asked.connect(wallet_own_data.remaining)
    members.erasing.connect(wallet_own_data.erase)
