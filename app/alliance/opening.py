"""Opens the room: its addresses, what it hears from the wallet, its duties."""

from __future__ import annotations

from functools import partial

from apiflask import APIFlask

from app.alliance import distribution, facts, naming, payees, payments, posters, recommenders
from app.alliance import merging as alliance_merging
from app.alliance import own_data as alliance_own_data
from app.alliance.bank_accounts import service as bank_accounts
from app.alliance.bank_accounts.models import MerchantBankAccount, holder_context, number_context
from app.alliance.bank_accounts.routes import blueprint as bank_accounts_blueprint
from app.alliance.closure import people, winding_up
from app.alliance.closure.routes import blueprint as closure_blueprint
from app.alliance.contracts.routes import blueprint as contracts_blueprint
from app.alliance.difference import pairs
from app.alliance.difference.routes import blueprint as difference_blueprint
from app.alliance.evidence.routes import blueprint as evidence_blueprint
from app.alliance.explaining.kinds import kinds as explained_kinds
from app.alliance.explaining.routes import blueprint as explanations_blueprint
from app.alliance.joining import names, reviewing
from app.alliance.joining import pictures as application_pictures
from app.alliance.joining.models import (
    SEALED,
    AccountProposal,
    ApplicationPicture,
    ApplicationVersion,
    application_context,
    picture_context,
    proposal_context,
)
from app.alliance.joining.picture_routes import blueprint as application_pictures_blueprint
from app.alliance.joining.routes import blueprint as applications_blueprint
from app.alliance.joining.staff_routes import blueprint as application_reviews_blueprint
from app.alliance.levels.routes import blueprint as levels_blueprint
from app.alliance.membership.routes import blueprint as membership_blueprint
from app.alliance.netting.routes import blueprint as nettings_blueprint
from app.alliance.offers import pictures as offer_pictures
from app.alliance.offers.routes import blueprint as offers_blueprint
from app.alliance.orders import closing as order_closing
from app.alliance.orders import ending as order_endings
from app.alliance.orders import paying as order_payments
from app.alliance.orders import receipts as order_receipts
from app.alliance.orders import supply_returns
from app.alliance.orders.models import OrderReceiver, receiver_context
from app.alliance.orders.routes import blueprint as orders_blueprint
from app.alliance.orders.supply_routes import blueprint as suppliers_blueprint
from app.alliance.overview import counting
from app.alliance.overview.routes import blueprint as overview_blueprint
from app.alliance.paying import amounts, by_code, confirming, devices
from app.alliance.paying.amount_routes import blueprint as amounts_blueprint
from app.alliance.paying.merchant_routes import blueprint as purchases_blueprint
from app.alliance.paying.routes import blueprint as paying_blueprint
from app.alliance.payouts import paying as payouts
from app.alliance.payouts.routes import blueprint as payouts_blueprint
from app.alliance.policies.routes import blueprint as policies_blueprint
from app.alliance.policies.simulation import commands as policy_commands
from app.alliance.policies.simulation import running as simulations
from app.alliance.policies.simulation.routes import blueprint as simulations_blueprint
from app.alliance.prepaid import advances, plans
from app.alliance.prepaid import duties as prepaid_duties
from app.alliance.prepaid.routes import blueprint as prepaid_blueprint
from app.alliance.profit_sharing import receivers, sharing
from app.alliance.profit_sharing.models import SharingReceiver, name_context
from app.alliance.profit_sharing.routes import blueprint as channels_blueprint
from app.alliance.refunds import refunding as sale_refunds
from app.alliance.refunds.routes import blueprint as refunds_blueprint
from app.alliance.rewards import service as rewards
from app.alliance.rewards.routes import blueprint as rewards_blueprint
from app.alliance.rings import looking
from app.alliance.rings import service as rings
from app.alliance.rings.routes import blueprint as rings_blueprint
from app.alliance.routes import blueprint as alliance_blueprint
from app.alliance.salespeople.routes import blueprint as salespeople_blueprint
from app.alliance.settlement import calendar
from app.alliance.settlement import runs as settlements
from app.alliance.settlement.routes import blueprint as settlements_blueprint
from app.alliance.staff.routes import blueprint as staff_accounts_blueprint
from app.alliance.staff_routes import blueprint as partners_blueprint
from app.alliance.stores.category_routes import blueprint as categories_blueprint
from app.alliance.stores.routes import blueprint as stores_blueprint
from app.alliance.takings.routes import blueprint as takings_blueprint
from app.alliance.web import login as web_login
from app.alliance.web.routes import blueprint as web_pages_blueprint
from app.alliance.welcome import service as welcome
from app.alliance.welcome.routes import blueprint as welcome_blueprint
from app.core import health, outbox
from app.core.config import settings
from app.core.keys.columns import sealed
from app.core.timetable import every
from app.ledger import service as ledger
from app.members import service as members
from app.qr import service as qr
from app.wallet import service as wallet

CATCH_UP_SECONDS = 60


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    _open_own_data()
    app.register_blueprint(alliance_blueprint)
    app.register_blueprint(partners_blueprint)
    app.register_blueprint(staff_accounts_blueprint)
    app.register_blueprint(contracts_blueprint)
    _open_people(app)
    _open_stores(app)
    _open_welcome(app)
    app.register_blueprint(web_pages_blueprint)
    _open_policies(app)
    _open_paying(app)
    _open_settlement(app)
    qr.caption_asked.connect(posters.caption)
    wallet.commission_asked.connect(facts.commission_released_fen)
    wallet.payee_asked.connect(payees.payee_of)
    members.past_asked.connect(alliance_merging.has_past)
    members.merging.connect(alliance_merging.hand_over)
    members.unmerging.connect(alliance_merging.take_back)
    wallet.order_paid.connect(payments.on_order_paid, sender=payments.PURPOSE)
    wallet.order_closed.connect(payments.on_order_closed, sender=payments.PURPOSE)
    every(web_login.CLEAR_SECONDS, "alliance.clear_old_visits", web_login.clear_old)
    _open_sharing(app)
    _open_difference(app)
    _open_overview(app)
    _open_prepaid(app)
    _open_rewards(app)
    _open_offers(app)
    _open_closure(app)
    _open_joining(app)
    _open_orders(app)
    _open_profit_sharing(app)


def _open_overview(app: APIFlask) -> None:
    """How the alliance does, a row a day."""
    app.register_blueprint(overview_blueprint)
    every(counting.COUNT_SECONDS, "alliance.count_days", counting.turn)


def _open_sharing(app: APIFlask) -> None:
    """Who gets what of sales, and what refunds take back."""
    app.register_blueprint(refunds_blueprint)
    every(distribution.DISTRIBUTE_SECONDS, "alliance.distribute", distribution.distribute)
    every(distribution.RELEASE_SECONDS, "alliance.release_rebates", distribution.release)
    every(sale_refunds.RETRY_SECONDS, "alliance.retry_refunds", sale_refunds.retry_waiting)
    health.gauge("sales_undistributed", distribution.undistributed)
    health.gauge("rebates_overdue", distribution.releases_overdue)
    health.gauge("refunds_waiting", sale_refunds.waiting_count)


def _open_policies(app: APIFlask) -> None:
    """Split policies, and why each entry of the books is what it is."""
    app.register_blueprint(policies_blueprint)
    app.register_blueprint(simulations_blueprint)
    policy_commands.install(app)
    lease_seconds = simulations.LEASE_SECONDS
    outbox.reader(
        simulations.DUE, "alliance.simulate", simulations.work, lease_seconds=lease_seconds
    )
    every(simulations.CLEAR_SECONDS, "alliance.clear_simulations", simulations.clear_old)
    ledger.explain(explained_kinds())
    app.register_blueprint(explanations_blueprint)


def _open_settlement(app: APIFlask) -> None:
    """Statements, the calendar they go by, and netting."""
    app.register_blueprint(settlements_blueprint)
    app.register_blueprint(nettings_blueprint)
    every(settlements.SETTLE_SECONDS, "alliance.settle", settlements.run_duty)
    health.gauge("calendar_ending", calendar.ending)


def _open_people(app: APIFlask) -> None:
    """Salespeople and other recommenders, evidence of bindings, and what looks like a ring."""
    app.register_blueprint(salespeople_blueprint)
    app.register_blueprint(evidence_blueprint)
    app.register_blueprint(rings_blueprint)
    members.person_asked.connect(recommenders.person)
    members.target_asked.connect(recommenders.target)
    wallet.ring_asked.connect(rings.is_confirmed)
    wallet.owner_names_asked.connect(naming.of_owners)
    every(looking.SECONDS, "alliance.look_for_rings", looking.look)
    health.gauge("rings_open", rings.open_count)


def _open_prepaid(app: APIFlask) -> None:
    """Prepaid money that stores issue, and what is lent on it."""
    app.register_blueprint(prepaid_blueprint)
    app.register_blueprint(membership_blueprint)
    outbox.reader(wallet.TOP_UP_CREDITED, "alliance.lend_advance", advances.lend_for, is_local=True)
    wallet.top_up_refunded.connect(prepaid_duties.note_refund)
    wallet.order_paid.connect(plans.on_paid, sender=plans.PURPOSE)
    wallet.order_closed.connect(plans.on_closed, sender=plans.PURPOSE)
    every(prepaid_duties.SECONDS, "alliance.collect_advances", prepaid_duties.collect_due)
    health.gauge("advances_uncollected_fen", advances.uncollected_fen)


def _open_offers(app: APIFlask) -> None:
    """What merchants offer."""
    app.register_blueprint(offers_blueprint)
    clear_pictures = offer_pictures.clear_unused
    every(offer_pictures.CLEAR_SECONDS, "alliance.clear_offer_pictures", clear_pictures)


def _open_closure(app: APIFlask) -> None:
    """Pauses and closures, and what closed stores owe."""
    app.register_blueprint(closure_blueprint)
    every(winding_up.SECONDS, "alliance.wind_up", winding_up.fall_due)
    every(people.SECONDS, "alliance.move_members", people.move_all)


def _open_orders(app: APIFlask) -> None:
    """Carts and orders of what merchants offer."""
    app.register_blueprint(orders_blueprint)
    app.register_blueprint(suppliers_blueprint)
    sealed(OrderReceiver.receiver_sealed, receiver_context)
    wallet.order_paid.connect(order_payments.on_paid, sender=order_payments.PURPOSE)
    wallet.order_closed.connect(order_payments.on_closed, sender=order_payments.PURPOSE)
    outbox.reader(wallet.SHIPMENT_RECEIVED, "alliance.order_received", order_receipts.on_received)
    every(order_endings.SECONDS, "alliance.end_orders", order_endings.end_due)
    every(order_closing.SECONDS, "alliance.hasten_orders", order_closing.hasten)
    every(supply_returns.SECONDS, "alliance.recover_supplies", supply_returns.recover)
    health.gauge("orders_unended", order_endings.overdue)
    health.gauge("supplies_owed_fen", supply_returns.owed_fen)


def _open_joining(app: APIFlask) -> None:
    """Merchants who want to join."""
    alliance_own_data.declare_joining()
    app.register_blueprint(applications_blueprint)
    app.register_blueprint(application_reviews_blueprint)
    app.register_blueprint(application_pictures_blueprint)
    for column in SEALED:
        named = partial(application_context, column)
        sealed(getattr(ApplicationVersion, f"{column}_sealed"), named)
    sealed(AccountProposal.holder_sealed, partial(proposal_context, "holder"))
    sealed(AccountProposal.number_sealed, partial(proposal_context, "number"))
    sealed(ApplicationPicture.jpeg, picture_context)
    clearing = application_pictures.CLEAR_SECONDS
    unused, old = application_pictures.clear_unused, application_pictures.clear_old
    every(clearing, "alliance.clear_unused_application_pictures", unused)
    every(clearing, "alliance.clear_application_pictures", old)
    every(CATCH_UP_SECONDS, "alliance.note_names", names.catch_up)
    every(CATCH_UP_SECONDS, "alliance.hash_accounts", bank_accounts.catch_up)
    members.counts_asked.connect(reviewing.revealed_count)
    health.gauge("applications_waiting", reviewing.waiting_count)


def _open_profit_sharing(app: APIFlask) -> None:
    """How merchants are paid; splits of what WeChat paid them."""
    app.register_blueprint(channels_blueprint)
    sealed(SharingReceiver.name_sealed, name_context)
    app.register_blueprint(bank_accounts_blueprint)
    sealed(MerchantBankAccount.holder_sealed, holder_context)
    sealed(MerchantBankAccount.number_sealed, number_context)
    wallet.bank_account_asked.connect(bank_accounts.account_of)
    app.register_blueprint(payouts_blueprint)
    outbox.reader("settlement.issued", "alliance.pay_out", payouts.pay_out)
    wallet.split_ended.connect(sharing.on_split_ended)
    outbox.reader("settlement.issued", "alliance.share_settlement", sharing.share_settlement)
    outbox.reader(receivers.DUE, "alliance.tell_receiver", receivers.tell_wechat)
    every(receivers.KEEP_SECONDS, "alliance.keep_receivers", receivers.keep_in_step)


def _open_rewards(app: APIFlask) -> None:
    """Rewards for recommenders, and levels of members."""
    app.register_blueprint(rewards_blueprint)
    outbox.reader("sale.distributed", "alliance.reward", rewards.on_sale, is_local=True)
    outbox.reader("sale.refunded", "alliance.reward_refunded", rewards.on_sale, is_local=True)
    outbox.reader(rewards.MERGED, "alliance.reward_merged", rewards.on_merged)
    every(rewards.RETRY_SECONDS, "alliance.retry_rewards", rewards.retry_waiting)
    every(distribution.RELEASE_SECONDS, "alliance.release_rewards", rewards.release)
    health.gauge("rewards_waiting", rewards.waiting_count)
    app.register_blueprint(levels_blueprint)


def _open_difference(app: APIFlask) -> None:
    """Difference codes."""
    app.register_blueprint(difference_blueprint)
    every(pairs.NOTE_SECONDS, "alliance.note_missing_pairs", pairs.note_missing)


def _open_welcome(app: APIFlask) -> None:
    """The experience gold of new members. Sales are listened to only where they lead to it."""
    app.register_blueprint(welcome_blueprint)
    if settings().experience_grant_when == welcome.When.FIRST_VISIT:
        outbox.reader("sale.paid", "alliance.welcome_gift", welcome.on_paid, is_local=True)


def _open_stores(app: APIFlask) -> None:
    """Stores as people look for them."""
    app.register_blueprint(categories_blueprint)
    app.register_blueprint(stores_blueprint)


def _open_paying(app: APIFlask) -> None:
    """Paying in a store."""
    app.register_blueprint(paying_blueprint)
    app.register_blueprint(amounts_blueprint)
    app.register_blueprint(purchases_blueprint)
    app.register_blueprint(takings_blueprint)
    wallet.confirmation_asked.connect(confirming.require)
    wallet.order_closed.connect(amounts.give_back, sender=payments.PURPOSE)
    every(by_code.EXPIRE_SECONDS, "alliance.expire_code_payments", by_code.expire)
    every(devices.CLEAR_SECONDS, "alliance.clear_code_devices", devices.clear_old)


def _open_own_data() -> None:
    """What members are told of themselves, and what is erased with them."""
    alliance_own_data.declare()
    members.remaining_asked.connect(alliance_own_data.remaining)
    members.erasing.connect(alliance_own_data.erase)
