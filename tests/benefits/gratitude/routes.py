"""How many were thanked, for everybody."""

from __future__ import annotations

from app.benefits.gratitude.models import Thanks
from sqlalchemy import func, select

from app.core import auth
from app.core.api import api_blueprint
from app.core.db import read
from app.core.schemas import View

blueprint = api_blueprint("gratitude", __name__)


class ThanksView(View):
    """A count."""

    thanked: int


@blueprint.get("/thanks")
@blueprint.output(ThanksView)
@auth.public
def count() -> dict[str, int]:
    """How many purchases were thanked for."""
    return {"thanked": int(read(select(func.count()).where(Thanks.status == "thanked"))[0][0])}
