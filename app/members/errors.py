"""What the room `members` refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class MemberUnknown(AppError):
    """There is no such member."""

    status, code = 404, "member_unknown"
    title, message = "There is no such member", "没有找到该会员"


class RecommenderUnknown(AppError):
    """The recommender that an introduction names is no member."""

    status, code = 404, "recommender_unknown"
    title, message = "The recommender is not a member", "推荐人不存在"


class AlreadyBound(AppError):
    """The member is bound; a binding is permanent and later scans change nothing."""

    status, code = 409, "already_bound"
    title, message = "The member is bound for good", "您已绑定推荐人，绑定后不可更改"


class SelfBinding(AppError):
    """A member cannot be their own recommender."""

    status, code = 409, "self_binding"
    title, message = "Nobody recommends themselves", "不能绑定自己为推荐人"


class BindingLoop(AppError):
    """The recommender was, at some depth, brought by this very member."""

    status, code = 409, "binding_loop"
    title, message = (
        "The recommender was brought by this member",
        "对方是由您推荐的会员，不能互相绑定",
    )


class HomeStoreChosen(AppError):
    """The member has another home store already; it is chosen once."""

    status, code = 409, "home_store_chosen"
    title, message = "The home store was chosen before", "归属门店已选定，不可更改"


class MemberMerged(AppError):
    """The member has become part of another one meanwhile; the session follows within seconds."""

    status, code = 409, "member_merged"
    title, message = (
        "This account has become part of another one of the same person",
        "该账户已合并到您的另一账户，请稍后重试",
    )

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"Retry-After": "5"}


class CannotUndo(AppError):
    """Something happened after a merge that undoing it would contradict, or it was undone."""

    status, code = 409, "cannot_undo"
    title, message = "The merge cannot be undone any more", "合并后已有新的变动，无法撤销"


class NotDecidable(AppError):
    """A pair of members does not wait for this: it is decided, or was (not) proposed before."""

    status, code = 409, "not_decidable"
    title, message = "This pair does not wait for such a decision", "该合并申请当前不可处理"


class MiniProgramNeeded(AppError):
    """Phone numbers are given in the mini-program, which this member has not opened yet."""

    status, code = 409, "mini_program_needed"
    title, message = "Open the mini-program first", "请先打开小程序"


class PhoneTaken(AppError):
    """The number is another member's: if both are one person, staff bring them together."""

    status, code = 409, "phone_taken"
    title, message = "This number belongs to another member", "该手机号已绑定其他会员，请联系客服"


class CannotMerge(AppError):
    """Two members are one person, but both have a past that only staff can bring together."""

    status, code = 409, "cannot_merge"
    title, message = "These two members cannot become one by themselves", "两个会员账户需人工合并"
