"""Who may read a settlement's statement by the link in their notice.

The link is signed, lasts STATEMENT_LINK_DAYS and names whom it was sent to: it opens only while
that member is still a contact of the merchant. It shows the merchant's own sales, nobody's name.
"""

from __future__ import annotations

from app.alliance import service as alliance
from app.core.errors import NotFound
from app.core.world import now
from app.members import service as members
from app.notices import links
from app.notices.errors import StatementLinkOver, StatementLinkUnknown


def opened(token: str) -> alliance.SettlementFacts:
    """The settlement that a link opens, in the current unit of work.

    Raises StatementLinkUnknown, also for who speaks no longer for the merchant, and
    StatementLinkOver.
    """
    link = links.opened(token)
    if link is None:
        raise StatementLinkUnknown()
    try:
        settlement = alliance.settlement_facts(link.settlement_id)
    except NotFound as error:
        raise StatementLinkUnknown() from error
    contacts = {members.today(each) for each in alliance.contacts(settlement.merchant_id)}
    if members.today(link.member_id) not in contacts:
        raise StatementLinkUnknown()
    if link.until <= now():
        raise StatementLinkOver()
    return settlement
