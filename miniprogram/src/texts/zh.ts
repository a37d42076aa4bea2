export const zh = {
  name: "联惠",
  tabs: { home: "首页", code: "付款码", wallet: "钱包", me: "我的" },
  common: {
    again: "重试", more: "加载更多", cancel: "取消", done: "完成", back: "返回", close: "关闭", confirm: "确认",
    loading: "正在加载", requestId: "编号", yuan: "元", all: "全部", today: "今天", optional: "选填", save: "保存", next: "下一步",
  },
  problem: {
    unknown: "出了点问题，请稍后再试。",
    network: "网络不稳定，请检查后重试。",
    outside: "请在微信中打开本页，再继续操作。",
    noSdk: "微信没有准备好，请稍后再试。",
  },
  home: {
    guest: "一次加入，全联盟通用", guestNote: "扫门店或好友的码加入，消费即有返利。", join: "微信登录",
    spendable: "可用余额", hello: "您好", pay: "扫码付款", code: "付款码", topUp: "充值", invite: "邀请好友",
    stores: "附近门店", offers: "精选优惠", allStores: "全部门店", noStores: "这里还没有门店。", noOffers: "暂时没有优惠。", near: "按距离排序",
    search: "搜索门店", open: "营业中", shut: "休息中", searchStores: "搜索门店", moreStores: "更多门店", notAStore: "这不是门店的付款码。",
  },
  store: {
    pay: "在此付款", topUp: "在此充值", offers: "本店优惠", hours: "营业时间", noHours: "营业时间请咨询门店", address: "地址", telephone: "电话",
    days: { monday: "周一", tuesday: "周二", wednesday: "周三", thursday: "周四", friday: "周五", saturday: "周六", sunday: "周日" },
    closed: "休息", left: "剩 {count} 件", home: "归属门店", memberPrice: "会员价", pictures: "门店图片",
  },
  offer: { memberPrice: "会员价", buy: "购买", link: "了解更多" },
  pay: {
    title: "付款", to: "付款给", amount: "消费金额", enter: "请输入金额", how: "付款方式", best: "推荐", change: "更换", choose: "选择付款方式",
    toPay: "实付", saves: "已省 {amount}", pay: "付款 {amount}", paying: "正在付款", waiting: "正在确认微信支付结果",
    cancelled: "您取消了微信支付，占用的余额已退回。", failed: "微信支付没有完成，占用的余额已退回。", topUpHint: "充值 {amount} 可省 {saves}", store: "选择门店",
    parts: { prepaid_fen: "储值", experience_fen: "体验金", rebate_fen: "返利", wechat_fen: "微信支付" },
    maximum: "金额有误，请检查。", mayWait: "支付结果还在确认，请稍后在付款详情中查看。", continue: "继续支付",
  },
  receipt: {
    title: "付款详情", paid: "付款成功", refunded: "已退款", awaiting: "等待支付", cancelled: "已取消", expired: "已过期", declined: "已拒绝", confirming: "等待确认",
    paidWith: "付款构成", yours: "您的所得", frozen: "{date} 到账", released: "已到账", at: "时间", number: "付款编号", why: "为什么是这个数？", noEntry: "没有找到这笔的入账记录，请在钱包明细中查看。", home: "回到首页", counting: "返利计算中，稍后可见。",
  },
  code: {
    title: "付款码", show: "付款时向收银员出示", renews: "每分钟自动更新", secret: "请勿将付款码发给他人。", large: "付款码 {code}", from: "从以下钱包支付",
    confirm: "待您确认的付款", confirmNote: "超出免密额度，请确认后付款。", confirmAction: "确认付款", refuse: "拒绝", purses: "付款来源",
  },
  wallet: {
    title: "钱包", spendable: "可用余额", purses: "我的钱包", statement: "明细", topUp: "充值", withdraw: "提现", rebates: "返利", lots: "批次与有效期",
    expires: "{date} 到期", noEnd: "长期有效", cap: "每笔最多抵 {percent}%", withdrawable: "可提现", empty: "还没有资金变动。", why: "说明",
    topUpRefund: "充值退款", frozenNote: "冻结期过后转为可提现返利", of: "余额 {amount}",
  },
  topUp: {
    title: "充值", at: "充值门店", home: "这是您的归属门店。", elsewhere: "您的归属门店是「{store}」，请在那里充值。", go: "去归属门店充值", plans: "储值方案", other: "其他金额", amount: "充值金额",
    gives: "送 {amount}", noPlans: "今日没有赠送方案，仍可充值。", agree: "我已阅读并同意", terms: "会员与储值条款", first: "您还没有归属门店：首次充值的门店即为归属门店，之后不可自行更改。",
    firstAgree: "我确认以「{store}」为归属门店", pay: "微信支付 {amount}", done: "充值成功", bonus: "另赠 {amount}", range: "金额须在 {least} 与 {most} 之间。",
    refund: "{days} 天内未使用的本金可无理由退回。", waiting: "正在确认微信支付结果", cancelled: "您取消了微信支付，没有扣款。", late: "还没有收到支付结果，可再次点击支付继续。", failed: "这笔充值没有完成。", chooseStore: "选择充值门店",
    funder: { store: "赠送由门店承担", platform: "赠送由平台承担" },
  },
  rebates: {
    title: "返利", pending: "待解冻", available: "可提现", empty: "还没有返利。到联盟门店消费，或邀请好友，就会有返利。", why: "这笔怎么算的",
  },
  invite: {
    title: "邀请好友", friends: "已邀请好友", people: "{count} 人", how: "好友扫码加入后，每次在联盟门店真实消费，您都会得到一份返利。只有一级，加入本身没有奖励。", poster: "邀请海报", salesperson: "我是业务员", hold: "长按图片保存或发给好友",
    rewards: "推荐奖励", none: "还没有推荐奖励。", status: { waiting: "待发放", paid: "已发放", taken_back: "已收回", closed: "未发放" },
  },
  withdraw: {
    title: "提现", available: "可提现返利", amount: "提现金额", ask: "申请提现", fee: "手续费", tax: "代扣个税", arrives: "到账金额", history: "提现记录", none: "还没有提现。", tooLittle: "满 {least} 可提现。", accept: "确认收款", takeBack: "撤回", askedBack: "撤回中",
    status: { held: "处理中", reviewing: "审核中", approved: "等待转账", sending: "转账中", waiting_confirmation: "待您确认收款", manual: "人工处理中", paid: "已到账", returned: "已退回", rejected: "未通过", cancelled: "已取消" },
  },
  join: {
    title: "加入联惠", lead: "微信登录后即可付款、充值、查看返利。", learns: "登录时，微信会告诉我们您的 openid 与 unionid，用于识别您的账户。我们不会获取您的头像、昵称或手机号。",
    agree: "我已阅读并同意会员与储值条款", read: "阅读条款", login: "微信登录", snapshot: "您正在以访客方式浏览。请点右下角「使用完整服务」后再登录。",
    welcome: "欢迎加入", welcomeNote: "您已成为会员。", home: "归属门店：{store}", gift: "体验金", take: "同意并领取", later: "以后再说", taken: "已领取 {amount} 体验金", start: "开始使用", failed: "登录没有完成，请再试一次。", leaving: "注销申请已受理，{time} 起删除。此前重新登录即撤销注销。",
  },
  me: {
    title: "我的", benefits: "活动与福利", errands: "跑腿", since: "{date} 加入", orders: "我的订单", cart: "购物车", withdrawals: "提现", rebates: "我的返利", invite: "邀请好友", messages: "消息", tickets: "人工客服", level: "会员等级", binding: "我的归属", realName: "实名信息", privacy: "隐私与个人数据", settings: "设置", home: "归属门店", none: "尚未选择", apply: "商家入驻", language: "English", terms: "会员与储值条款",
  },
};
