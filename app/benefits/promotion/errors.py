"""What promotion refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class PromotionLinkUnknown(AppError):
    """There is no such link, or it is somebody else's."""

    status, code = 404, "promotion_link_unknown"
    title, message = "There is no such promotion link", "没有找到该推广链接"


class PromotionUnfit(AppError):
    """The programme does not promote this (`field`): it is not the merchant's, not named, or no
    longer on sale."""

    status, code = 422, "promotion_unfit"
    title, message = "The programme does not promote this", "该门店、商品或内容不在推广范围内"


class PromotionUnfunded(AppError):
    """What the merchant has put aside does not pay another commission (`needed_fen`)."""

    status, code = 409, "promotion_unfunded"
    title = "The merchant's budget does not pay another commission"
    message = "商家的推广预算不足，暂停推广，补足后自动恢复"


class SelfPromotion(AppError):
    """Nobody earns by promoting a merchant that they speak for."""

    status, code = 403, "self_promotion"
    title, message = "One's own shop is not promoted for commission", "不能推广自己所属的商家"
