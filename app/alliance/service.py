"""The door of the alliance: who sells under which terms, sales, shares, refunds, settlements."""

from app.alliance.access import owners_behind
from app.alliance.catalogue import (
    NewContract,
    Recommender,
    add_contact,
    add_contract,
    add_merchant,
    add_salesperson,
    add_store,
    contacts,
    merchant,
    salesperson,
    store,
    stores_of,
)
from app.alliance.closure.people import concerned as concerned_by_closing
from app.alliance.closure.service import CHANGED as STANDING_CHANGED
from app.alliance.contracts.service import OFFERED as CONTRACT_OFFERED
from app.alliance.contracts.service import find as contract_version
from app.alliance.debts import debts_of, note_debtor
from app.alliance.distribution import distribute, release, undistributed
from app.alliance.errors import MerchantUnknown, PaymentUnknown, SalespersonUnknown, StoreUnknown
from app.alliance.facts import (
    RefundFacts,
    SaleFacts,
    SettlementFacts,
    ShareFacts,
    StatementLine,
    buyers,
    facts_of_sales,
    late_refunds,
    refund_facts,
    sale_facts,
    settlement_facts,
    statement_lines,
)
from app.alliance.joining.news import ApplicationNews, application_news
from app.alliance.joining.service import CHANGED as APPLICATION_CHANGED
from app.alliance.levels.service import level_ids, level_of
from app.alliance.membership.service import introduction as membership_introduction
from app.alliance.membership.service import offered as offered_plans
from app.alliance.naming import of_merchants as merchant_names
from app.alliance.offers.facts import OfferFacts, offer_facts
from app.alliance.offers.pictures import LARGEST_BYTES as LARGEST_PICTURE_BYTES
from app.alliance.offers.pictures import drawn as drawn_picture
from app.alliance.orders.errors import DeliveryNotOffered, GiftNotToBeHad
from app.alliance.orders.facts import (
    OrderContents,
    OrderFacts,
    order_contents,
    order_facts,
    order_payer,
)
from app.alliance.orders.gift_money import gift_returned
from app.alliance.orders.gifts import Gift, call_gift_back, gift_refusal, order_gift
from app.alliance.orders.schemas import ReceiverRequest
from app.alliance.orders.steps import CHANGED as ORDER_CHANGED
from app.alliance.parties import promoter_asked
from app.alliance.payee_news import CHANGED as PAYEE_CHANGED
from app.alliance.paying.confirming import require as require_confirmed
from app.alliance.paying.merchants import require_settled
from app.alliance.payments import on_order_closed, on_order_paid
from app.alliance.policies.versions import add_policy
from app.alliance.prepaid.looks import touch_persons as note_prepaid_moved
from app.alliance.reception import HomeStore, Joined, came, is_promotion, join, recognise
from app.alliance.refunds.refunding import retry_waiting, waiting_count
from app.alliance.rings.service import are_together
from app.alliance.salespeople.service import salesperson_of_code
from app.alliance.settlement.files import of_settlement as statement_file
from app.alliance.settlement.runs import run_duty
from app.alliance.settlement.wording import kind as line_kind
from app.alliance.stores.changes import put_on_map
from app.alliance.stores.search import FoundStore, nearest_stores, some_stores
from app.alliance.terms import let_go_round, store_name

__all__ = [
    "APPLICATION_CHANGED",
    "CONTRACT_OFFERED",
    "LARGEST_PICTURE_BYTES",
    "ORDER_CHANGED",
    "PAYEE_CHANGED",
    "STANDING_CHANGED",
    "ApplicationNews",
    "DeliveryNotOffered",
    "FoundStore",
    "Gift",
    "GiftNotToBeHad",
    "HomeStore",
    "Joined",
    "MerchantUnknown",
    "NewContract",
    "OfferFacts",
    "OrderContents",
    "OrderFacts",
    "PaymentUnknown",
    "ReceiverRequest",
    "Recommender",
    "RefundFacts",
    "SaleFacts",
    "SalespersonUnknown",
    "SettlementFacts",
    "ShareFacts",
    "StatementLine",
    "StoreUnknown",
    "add_contact",
    "add_contract",
    "add_merchant",
    "add_policy",
    "add_salesperson",
    "add_store",
    "application_news",
    "are_together",
    "buyers",
    "call_gift_back",
    "came",
    "concerned_by_closing",
    "contacts",
    "contract_version",
    "debts_of",
    "distribute",
    "drawn_picture",
    "facts_of_sales",
    "gift_refusal",
    "gift_returned",
    "is_promotion",
    "join",
    "late_refunds",
    "let_go_round",
    "level_ids",
    "level_of",
    "line_kind",
    "membership_introduction",
    "merchant",
    "merchant_names",
    "nearest_stores",
    "note_debtor",
    "note_prepaid_moved",
    "offer_facts",
    "offered_plans",
    "on_order_closed",
    "on_order_paid",
    "order_contents",
    "order_facts",
    "order_gift",
    "order_payer",
    "owners_behind",
    "promoter_asked",
    "put_on_map",
    "recognise",
    "refund_facts",
    "release",
    "require_confirmed",
    "require_settled",
    "retry_waiting",
    "run_duty",
    "sale_facts",
    "salesperson",
    "salesperson_of_code",
    "settlement_facts",
    "some_stores",
    "statement_file",
    "statement_lines",
    "store",
    "store_name",
    "stores_of",
    "undistributed",
    "waiting_count",
]
