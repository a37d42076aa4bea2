"""English of adding merchants, their contacts and signed contracts, accounts, the blacklist."""

from __future__ import annotations

from app.pages.console.texts.codes import Code

ENGLISH = {
    "无": "None",
    "添加": "Add",
    "添加商家…": "Add a merchant…",
    "已添加商家": "Added",
    "已添加商家；另有名称相近的商家，请核对": "Added; another one has a name like it",
    "推荐人类型": "Recommended by",
    "立即终止": "End now",
    "合同终止后该商家立即不能收款。确定吗？": "The merchant takes no payments from now on. End it?",
    "合同已终止": "Ended",
    "登记已签的纸质合同…": "Write down a signed contract…",
    "登记为新版本": "Keep as the next version",
    "新版本自开始日起生效，前一版本到此为止。确定吗？": (
        "It counts from its first day, and the version before ends there. Go on?"
    ),
    "已登记新版合同": "Kept",
    "联系人": "Contacts",
    "提现权限待确认": "Waits for another person",
    "允许提现": "Let them withdraw",
    "此会员将可提走商家的款项。已与商家核对无误吗？": (
        "This member will be able to take the merchant's money out. Have you checked with the merchant?"
    ),
    "还没有联系人": "No contacts",
    "可代商家提现": "May take money out",
    "此会员不再代表商家。确定吗？": "They no longer speak for the merchant. Go on?",
    "指定联系人…": "Name a contact…",
    "指定": "Name",
    "确定指定此会员为联系人吗？": "Name this member?",
    "已指定联系人": "Named",
    "已移除联系人": "Removed",
    "移除": "Remove",
    "停业欠款": "Debts of closed stores",
    "有门店停业的商家，应付而未能收回的款项及其尚有的资金。补足后由系统自动收回。": (
        "What merchants with a closed store owe and could not be collected, and what they hold."
        " Once there is money it is collected by itself."
    ),
    "欠款合计": "Owed",
    "待追回预支": "Advances due",
    "欠卖方的供货退款": "Owed to sellers for returned supplies",
    "应退让利": "Shares owed back",
    "未还预支": "Advances not repaid",
    "没有停业欠款。": "No debts of closed stores.",
    "收款账户确认": "Accounts to confirm",
    "新商家入驻时填写的收款账户，由批准入驻者以外的财务核对后启用。账号只显示末四位。": (
        "Accounts that new merchants applied with; finance, not who let them in, compares and"
        " confirms. Of numbers the last four digits show."
    ),
    "账号": "Number",
    "账户类型": "Kind",
    "申请的账户": "Applied with",
    "当前账户": "In force",
    "相同": "the same",
    "不同": "another",
    "尚无": "None yet",
    "批准入驻者": "Let in by",
    "决定人": "Decided by",
    "您批准了此商家入驻，账户须由另一人确认。": (
        "You let this merchant in; another person confirms the account."
    ),
    "确认并启用": "Confirm",
    "此后的结算款付到此账户。已与商家核对无误吗？": (
        "Settlements are paid to it from now on. Is it the merchant's?"
    ),
    "没有此状态的账户。": "No accounts in this state.",
    "黑名单": "Blacklist",
    "入驻资料与黑名单相符的，须由第二人复核。只保存不可还原的值，显示末四位。": (
        "What an application has in common with it a second person looks at. Values are kept as"
        " keyed hashes; the last four characters show."
    ),
    "添加…": "Add…",
    "列入黑名单": "Put on it",
    "号码": "Number",
    "有效": "In force",
    "已移出": "Lifted",
    "末四位": "Ends with",
    "移出": "Lift",
    "移出…": "Lift…",
    "黑名单为空。": "Nothing here.",
    "已列入黑名单": "Put on it",
    "已移出黑名单": "Lifted",
    "待确认账户": "To confirm",
    "已启用": "Confirmed",
    "已拒绝账户": "Refused",
    "个人银行卡": "Card",
    "对公账户": "Company account",
    "手机号码": "Phone",
    "分账接收方确认": "Receivers of splits",
    "微信支付分账时收到商家部分的账户，由一名财务提出、另一名财务与商家核对后启用。商户全称加密保存，不再显示。": (
        "Who gets a merchant's part when WeChat Pay splits payments: one of finance proposes,"
        " another compares with the merchant and confirms. The registered name is encrypted and"
        " never shown again."
    ),
    "提出接收方…": "Propose a receiver…",
    "须由另一名财务确认后才生效。确定提交吗？": "It counts once another one of finance has confirmed it. Go on?",
    "商家编号": "Merchant's id",
    "微信支付商户号": "WeChat Pay merchant number",
    "商户全称": "Registered name",
    "填写商户号时必填": "Needed with a merchant number",
    "与平台的关系": "What it is to us",
    "接收方": "Receiver",
    "当前接收方": "In force now",
    "提出人": "Proposed by",
    "微信的拒绝原因": "Refused by WeChat",
    "由您提出，须由另一人确认。": "You proposed it; another person confirms.",
    "此后微信分账的商家部分付到此账户。已与商家核对无误吗？": (
        "The merchant's part goes there from now on. Have you checked with the merchant?"
    ),
    "没有此状态的接收方。": "No receivers in this state.",
    "已提交，等待另一人确认": "Proposed; another person confirms",
    "待确认接收方": "To confirm",
    "已拒绝接收方": "Refused",
    "门店": "Store",
    "员工": "Staff",
    "店主": "Owner of a store",
    "服务商": "Service provider",
    "合作伙伴": "Partner",
    "总部": "Headquarters",
    "品牌方": "Brand",
    "分销商": "Distributor",
    "用户": "User",
    "供应商": "Supplier",
}
CODES = {
    "account_proposal": {
        "proposed": Code("待确认账户", "wait"),
        "confirmed": Code("已启用", "good"),
        "declined": Code("已拒绝账户", "bad"),
    },
    "receiver_proposal": {
        "proposed": Code("待确认接收方", "wait"),
        "confirmed": Code("已启用", "good"),
        "declined": Code("已拒绝接收方", "bad"),
    },
    "relation": {
        "STORE": Code("门店"),
        "STORE_OWNER": Code("店主"),
        "STAFF": Code("员工"),
        "SERVICE_PROVIDER": Code("服务商"),
        "PARTNER": Code("合作伙伴"),
        "HEADQUARTER": Code("总部"),
        "BRAND": Code("品牌方"),
        "DISTRIBUTOR": Code("分销商"),
        "USER": Code("用户"),
        "SUPPLIER": Code("供应商"),
    },
    "account_kind": {"card": Code("个人银行卡"), "company": Code("对公账户")},
    "blacklist": {
        "licence": Code("营业执照"),
        "account": Code("收款账户"),
        "phone": Code("手机号码"),
    },
}
