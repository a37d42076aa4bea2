"""What offers refuse. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class OfferUnknown(AppError):
    """There is no such offer, members do not see it, or it is not of the caller's store."""

    status, code = 404, "offer_unknown"
    title, message = "There is no such offer", "没有找到该商品"


class OfferChanged(AppError):
    """The version named is not the one that waits for this; `version` and `version_status` say
    what the latest is."""

    status, code = 409, "offer_changed"
    title, message = "This version of the offer does not wait for that", "该版本已变更或已处理"


class OfferNotDisplayed(AppError):
    """The offer cannot be paused, resumed or taken down as it stands; `offer_status`."""

    status, code = 409, "offer_status_differs"
    title, message = "The offer does not allow this as it stands", "商品当前状态不能进行此操作"


class StockChanged(AppError):
    """Something was sold or put in stock meanwhile; `stock` is what there is now."""

    status, code = 409, "stock_changed"
    title, message = "The stock has changed meanwhile", "库存已变化，请刷新后再改"


class SoldOut(AppError):
    """Less is in stock than is wanted; `offer_id` and `left` say of what, and how much there is."""

    status, code = 409, "sold_out"
    title, message = "Not enough of this is left", "库存不足"


class PictureUnusable(AppError):
    """What was sent is no JPEG, PNG or WebP picture, or too large; `reason` says which."""

    status, code = 422, "picture_unusable"
    title, message = "This picture cannot be used", "图片格式不支持或尺寸过大"


class PictureUnknown(AppError):
    """A picture that is named was not uploaded by this merchant, or is not shown."""

    status, code = 404, "picture_unknown"
    title, message = "There is no such picture", "没有找到该图片"


class TooManyPictures(AppError):
    """Too many pictures of the merchant are used by no offer or store yet; they go in a day."""

    status, code = 409, "too_many_pictures"
    title, message = "Use the pictures sent before, or wait", "未使用的图片过多，请先使用或稍后再传"
