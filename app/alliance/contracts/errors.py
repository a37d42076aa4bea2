"""What offering and accepting contracts refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class OfferAnswered(AppError):
    """The version was accepted, declined or withdrawn before, or is no offer; `acceptance`."""

    status, code = 409, "contract_answered"
    title, message = "This contract waits for no answer", "该合同已处理，无需再次确认"


class OfferOver(AppError):
    """The last day of the offered version is over."""

    status, code = 409, "contract_offer_over"
    title, message = "The days of this contract are over", "该合同期限已过"


class TermsDiffer(AppError):
    """The hash is not that of the terms that are offered; `terms_hash` is."""

    status, code = 409, "contract_terms_differ"
    title, message = "These are not the terms on offer", "合同内容与所确认的不一致，请重新查看"
