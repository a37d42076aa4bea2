"""The public pages of the charity fund and of the campaign fund: in, out, and each receipt."""

from __future__ import annotations

from uuid import UUID

from apiflask import APIBlueprint
from flask import render_template, request

from app.core import auth
from app.core.db import in_transaction
from app.core.errors import NotFound
from app.core.limits import PUBLIC_LOOK, limiter
from app.core.units import money
from app.core.world import BEIJING
from app.wallet import service as wallet

blueprint = APIBlueprint("funds", __name__, template_folder="templates", tag="Funds")
SHOWN = 20
PAGES = {
    "charity": ("公益账户", "Charity", "联盟每笔消费让利中的公益份额，以及收到的捐赠。"),
    "campaign_fund": ("活动资金", "Campaign fund", "联盟每笔消费让利中的活动份额，用于会员活动。"),
}
_PAGE = {200: {"description": "A page", "content": {"text/html": {}}}}


@blueprint.get("/funds/<fund>")
@blueprint.doc(responses=_PAGE)
@auth.public
@limiter.limit(PUBLIC_LOOK)
def show_fund(fund: str) -> str:
    """A fund for everybody: month by month, and each spending with its receipt."""
    before = _identity(request.args.get("before"))

    def work() -> str:
        wanted = wallet.public_fund(fund)
        found = wallet.fund_spendings(wanted, before, SHOWN + 1)
        return render_template(
            "fund.html",
            title=PAGES[wanted],
            summary=wallet.fund_summary(wanted),
            spendings=found[:SHOWN],
            next=found[SHOWN - 1].id if len(found) > SHOWN else None,
            is_first=before is None,
            money=money,
            zone=BEIJING,
        )

    return in_transaction(work)


def _identity(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound() from None
