"""What the room `alliance` refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class StoreUnknown(AppError):
    """There is no such store."""

    status, code = 404, "store_unknown"
    title, message = "There is no such store", "没有找到该门店"


class CategoryUnknown(AppError):
    """There is no such category of stores, or it is closed."""

    status, code = 404, "category_unknown"
    title, message = "There is no such category", "没有该门店类别"


class CategoryExists(AppError):
    """The code was given before, or another category has the name."""

    status, code = 409, "category_exists"
    title, message = "There is such a category already", "类别编码或名称已存在"


class StoreChangeUnknown(AppError):
    """There is no such change of a store."""

    status, code = 404, "store_change_unknown"
    title, message = "There is no such change", "没有找到该门店资料变更"


class StoreChangeDecided(AppError):
    """The change was applied or rejected before."""

    status, code = 409, "store_change_decided"
    title, message = "The change has been decided", "该变更已处理"


class StoreChangeWaiting(AppError):
    """Another proposed change of this store waits for the operator."""

    status, code = 409, "store_change_waiting"
    title, message = "Another change of the store waits", "该门店已有待审核的变更"


class PageUnknown(AppError):
    """`after` is nothing that a page of this search has told."""

    status, code = 422, "page_unknown"
    title, message = "No page begins there", "翻页参数无效"


class MerchantUnknown(AppError):
    """There is no such merchant, or it is not the caller's."""

    status, code = 404, "merchant_unknown"
    title, message = "There is no such merchant", "没有找到该商家"


class SalespersonUnknown(AppError):
    """There is no such salesperson."""

    status, code = 404, "salesperson_unknown"
    title, message = "There is no such salesperson", "没有找到该业务员"


class PolicyUnknown(AppError):
    """There is no such split policy."""

    status, code = 404, "policy_unknown"
    title, message = "There is no such split policy", "没有找到该分配方案"


class ContractUnknown(AppError):
    """There is no such contract."""

    status, code = 404, "contract_unknown"
    title, message = "There is no such contract", "没有找到该合同"


class ContractNotInForce(AppError):
    """The store's merchant has no contract that is in force today; nothing can be paid there."""

    status, code = 409, "contract_not_in_force"
    title, message = "The store has no contract in force", "该门店合同未生效，暂时无法付款"


class ContractEnded(AppError):
    """This contract has ended already."""

    status, code = 409, "contract_ended"
    title, message = "The contract has ended already", "合同已终止"


class PolicyUnusable(AppError):
    """The shares do not come to 10,000 basis points, the fallbacks lead nowhere, or a cap is
    exceeded; `faults` lists each."""

    status, code = 422, "policy_unusable"
    title, message = "The split policy cannot be used", "分配方案不符合要求"


class RecommenderInvalid(AppError):
    """The merchant's recommender does not exist, or is the merchant itself."""

    status, code = 422, "recommender_invalid"
    title, message = "The recommender cannot be named here", "推荐人不存在或不可用"


class AmountTooLarge(AppError):
    """The amount is above what may be paid at once; `maximum_fen` says how much may be."""

    status, code = 422, "amount_too_large"
    title, message = "The amount is above the allowed maximum", "金额超出单笔上限"


class PaymentUnknown(AppError):
    """There is no such payment, or it is not the caller's."""

    status, code = 404, "payment_unknown"
    title, message = "There is no such payment", "没有找到该笔付款"


class PaymentNotOpen(AppError):
    """The payment does not wait for WeChat (any more); `payment_status` says where it stands."""

    status, code = 409, "payment_not_open"
    title, message = "The payment is paid or closed already", "该笔付款已完成或已关闭"


class NotRefundable(AppError):
    """Only a paid sale can be refunded; `payment_status` says where it stands."""

    status, code = 409, "not_refundable"
    title, message = "This payment was not paid", "该笔付款未支付，无法退款"


class AlreadyRefunded(AppError):
    """Nothing is left of the payment: it was refunded, or refunds wait for funds; `refund_id` is
    the last of them."""

    status, code = 409, "already_refunded"
    title, message = "The payment was refunded before", "该笔付款已退款或正在退款"


class RefundTooLarge(AppError):
    """More would go back than is left of the payment; `left_fen` says how much that is."""

    status, code = 409, "refund_too_large"
    title, message = "More than is left of this payment", "退款金额超过可退余额"


class NotYourHomeStore(AppError):
    """Members top up at their home store; `home_store_id` names it."""

    status, code = 409, "not_your_home_store"
    title, message = "Top up at your home store", "请在您的归属门店充值"


class StaffRoleNotAllowed(AppError):
    """The caller may not give this role, or it does not fit the merchant and stores named."""

    status, code = 403, "staff_role_not_allowed"
    title, message = "This role cannot be given here", "无权分配该角色"


class OwnAccount(AppError):
    """Nobody changes what their own account may do."""

    status, code = 409, "own_account"
    title, message = "Somebody else has to change your account", "不能修改自己的账号权限"


class MemberLevelUnknown(AppError):
    """There is no such level, it has ended, or it brings no gift."""

    status, code = 404, "member_level_unknown"
    title, message = "There is no such level", "没有该会员等级"


class LevelNotReached(AppError):
    """What the member's purchases conceded does not reach the level."""

    status, code = 409, "level_not_reached"
    title, message = "The level is not reached", "尚未达到该会员等级"


class LevelGiftTaken(AppError):
    """The level's gift was taken, and its time is not over."""

    status, code = 409, "level_gift_taken"
    title, message = "The gift was taken already", "本期等级礼已领取"


class LevelGiftUnfunded(AppError):
    """The level's budget, or the campaign fund, does not pay another gift."""

    status, code = 409, "level_gift_unfunded"
    title, message = "There is no money for gifts now", "等级礼资金不足，暂时无法领取"


class RewardRuleUnknown(AppError):
    """There is no such rule of rewards, or it is not the caller's."""

    status, code = 404, "reward_rule_unknown"
    title, message = "There is no such rule of rewards", "没有找到该推荐奖励规则"


class TopUpPlanUnknown(AppError):
    """There is no such top-up plan."""

    status, code = 404, "top_up_plan_unknown"
    title, message = "There is no such top-up plan", "充值方案不存在"


class MovementDecided(AppError):
    """A movement of a merchant's fund was decided before."""

    status, code = 409, "movement_decided"
    title, message = "This movement was decided before", "该笔款项已处理"


class MovementBooked(AppError):
    """The bank's payment of this number was asked for before."""

    status, code = 409, "movement_booked"
    title, message = "This bank payment was booked before", "该银行流水已登记"


class DepositNeeded(AppError):
    """What is lent needs so much of the deposit (`needed_fen`)."""

    status, code = 409, "deposit_needed"
    title, message = "The deposit still secures what is lent", "保证金仍需担保未结清的储值预支"


class TopUpPlanClosed(AppError):
    """A plan gives no bonus to this top-up: `reason` says why; nothing was paid."""

    status, code = 409, "top_up_plan_closed"
    title, message = (
        "This plan is closed for this top-up",
        "该充值方案暂不可用，请选择其他方案或直接充值",
    )


class LoginStateInvalid(AppError):
    """A browser came back from WeChat with a state that is not its own, used or too old."""

    status, code = 403, "login_state_invalid"
    title, message = "This login was not begun in this browser", "登录已失效，请重新打开页面"


class SnapshotVisitor(AppError):
    """WeChat shows a snapshot of the page: whoever looks at it is a pretend person (fact B10)."""

    status, code = 403, "snapshot_visitor"
    title, message = (
        "WeChat shows a snapshot of this page only",
        "当前为快照页，请点击右下角“使用完整服务”后继续",
    )


class WebLoginMissing(AppError):
    """Nobody has just logged in in this browser, or the session was handed over before."""

    status, code = 401, "web_login_missing"
    title, message = "Nobody has just logged in in this browser", "请先在微信内登录"


class AddressNotOurs(AppError):
    """Pages of other origins are not signed for."""

    status, code = 422, "address_not_ours"
    title, message = "This address is not one of ours", "仅支持本站页面"


class CalendarYearOver(AppError):
    """The calendar of a year that is past cannot be changed: statements were made by it."""

    status, code = 409, "calendar_year_over"
    title, message = "This year is over", "该年份已结束，不能再修改日历"


class CalendarYearUnclear(AppError):
    """A day is named twice, or lies in another year; `days` names them."""

    status, code = 422, "calendar_year_unclear"
    title, message = "These are not days of that year, each once", "日期重复或不属于该年份"


class ReceiverDecided(AppError):
    """The proposed receiver of splits was confirmed or declined before."""

    status, code = 409, "sharing_receiver_decided"
    title, message = "The proposed receiver was decided on before", "该分账接收方已处理"


class NoReceiver(AppError):
    """Nobody is named to whom the merchant's part of payments could be split."""

    status, code = 409, "no_receiver"
    title, message = "The merchant has no receiver of splits", "该商家尚未设置分账接收方"


class NettingNotNext(AppError):
    """Periods are netted one after the other, without gap; the next begins on `begins_on`."""

    status, code = 409, "netting_not_next"
    title, message = "This period does not follow the one netted last", "轧差期间须与上期相接"


class NettingPeriodOpen(AppError):
    """A period can be netted ten minutes after its last day is over in Beijing."""

    status, code = 409, "netting_period_open"
    title, message = "This period is not over", "该期间尚未结束"


class NettingBooksDiffer(AppError):
    """Sales and ledger disagree about what was spent (`sales_fen`, `ledger_fen`): for people."""

    status, code = 409, "netting_books_differ"
    title, message = "Sales and ledger disagree; nothing was netted", "消费记录与账本不符，未轧差"


class BankAccountInvalid(AppError):
    """The card number's check digit (Luhn) is wrong."""

    status, code = 422, "bank_account_invalid"
    title, message = "This is no card number", "银行卡号校验不通过"


class NothingAsked(AppError):
    """Nobody has asked that this contact may take the merchant's money out, or it was decided."""

    status, code = 409, "nothing_asked"
    title, message = "There is nothing to decide about this contact", "该联系人没有待复核的提现权限"


class BonusTooHigh(AppError):
    """A tier of the top-up plan gives more on top than `maximum_bp` of what is paid."""

    status, code = 422, "bonus_too_high"
    title, message = "More is given on top than is allowed", "赠送比例超过上限"


class TopUpPlanPublished(AppError):
    """The top-up plan is no draft: it was published or given up before."""

    status, code = 409, "top_up_plan_published"
    title, message = "This plan is no draft", "该充值方案不是待发布的草稿"


class TermsOutdated(AppError):
    """The consent is to a text that is not the present one (`version`)."""

    status, code = 409, "terms_outdated"
    title, message = "The text has changed, show it again", "条款已更新，请重新阅读并确认"


class EntryUnknown(AppError):
    """There is no such entry in the books, or it is not the caller's."""

    status, code = 404, "entry_unknown"
    title, message = "There is no such entry", "没有找到该笔账目"


class ExperienceNotOffered(AppError):
    """There is no experience gold that is given for agreeing to its terms."""

    status, code = 409, "experience_not_offered"
    title, message = "No experience gold is given on agreement", "当前没有可领取的体验金"


class ExperienceFundShort(AppError):
    """The fund, or this month's budget, is used up; nothing was granted, and later it may be."""

    status, code = 409, "experience_fund_short"
    title, message = "The fund for experience gold is used up", "本期体验金已发完，补充后可再领取"
