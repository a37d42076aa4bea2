"""What a member consents to before topping up; each version stays for ever, in both languages.

Rules of single-purpose prepaid cards (WeChat fact E3), the consumers' law of prepaid consumption
(fact E4). Amounts that are settings stand beside the text, not in it.
"""

from __future__ import annotations

VERSION = "2026-11"

TEXTS: dict[str, dict[str, str]] = {
    "2026-11": {
        "zh": (
            "一、预付款由您的归属门店发行,联盟各店通用。归属门店一经选定不可自行更改。\n"
            "二、本金没有有效期。赠送金额由所标明的一方(门店或平台)承担,与本金分别记账。\n"
            "三、充值后在规定天数内,未使用的本金可无理由退回原支付账户;之后仍可联系客服退还"
            "未消费的本金。退款时,赠送部分按比例收回。\n"
            "四、门店停业不影响您的余额:可在其他门店使用,也可申请退款。\n"
            "五、未实名与已实名的储值限额不同,依《单用途商业预付卡管理办法(试行)》执行。\n"
            "六、每笔充值、消费与退款均有记录,您可随时查看和导出。\n"
            "七、本约定不含“概不退款”“最终解释权”等条款;与法律不一致的,以法律为准。"
        ),
        "en": (
            "1. Prepaid money is issued by your home store and good in every store of the alliance."
            " The home store is chosen once.\n"
            "2. What you pay does not expire. A bonus is paid by whoever is named (store or"
            " platform) and is kept apart.\n"
            "3. Unspent money goes back without a reason within the stated days, later on request;"
            " the bonus goes back in proportion.\n"
            "4. If a store closes, your balance can be spent elsewhere or refunded.\n"
            "5. Limits differ with and without a real name, as the law says.\n"
            "6. Every top-up, payment and refund is on record; you may see and export them.\n"
            "7. Nothing here takes away a right that the law gives you."
        ),
    }
}
