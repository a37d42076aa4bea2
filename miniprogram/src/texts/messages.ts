import { isEnglish } from "./index";

const zh = {
  title: "消息", views: { told: "消息", wishes: "接收设置" }, none: "还没有消息。",
  wish: "可选择接收的通知", merchants: "商家与业务员通知", always: "始终告知", alwaysNote: "与您的资金和会员身份有关，不能关闭：{kinds}。", mailing: "服务与活动消息", agree: "同意接收", withdraw: "不再接收", isOn: "已同意接收", isOff: "未同意，不会收到", original: "",
  states: { blocked: "未送达", failed: "未送达", unreachable: "未送达", skipped: "未发送", queued: "发送中", sending: "发送中" } as Record<string, string>,
  kinds: { "member.joined": "入会", "member.topped_up": "充值到账", "member.paid": "付款成功", "member.refunded": "退款", "member.rebate": "返利到账", "member.order": "订单", "member.experience": "体验金到期", "member.withdrawal": "提现结果", "member.friend_joined": "好友加入", "member.service": "人工客服", "member.ticket": "工单回复", "member.application": "入驻申请", "member.offer": "服务消息", "member.benefit": "活动消息", "merchant.paid": "收款到账", "merchant.refunded": "商家退款", "merchant.order": "商家订单", "merchant.settlement": "结算完成", "merchant.partnership": "合作事项", "salesperson.joined": "新会员加入", "salesperson.earned": "业务分成" } as Record<string, string>,
};
const en: typeof zh = {
  title: "Messages", views: { told: "Messages", wishes: "What I want" }, none: "No message yet.",
  wish: "You choose", merchants: "For merchants and salespeople", always: "Always told", alwaysNote: "About your money and membership, and cannot be declined: {kinds}.", mailing: "Offers and service messages", agree: "I agree", withdraw: "No more of these", isOn: "You agreed to these", isOff: "You did not agree; none are sent", original: "The Chinese text is the one that counts. In short: messages about stores, plans and benefits, at most one a day, never at night; merchants do not see who gets them; you can withdraw at any time.",
  states: { blocked: "not delivered", failed: "not delivered", unreachable: "not delivered", skipped: "not sent", queued: "being sent", sending: "being sent" },
  kinds: { "member.joined": "Joining", "member.topped_up": "Top-ups", "member.paid": "Payments", "member.refunded": "Refunds", "member.rebate": "Rebates", "member.order": "Orders", "member.experience": "Experience gold ending", "member.withdrawal": "Withdrawals", "member.friend_joined": "Friends who joined", "member.service": "Customer service", "member.ticket": "Answers to tickets", "member.application": "Merchant’s application", "member.offer": "Offers", "member.benefit": "Campaigns", "merchant.paid": "Takings", "merchant.refunded": "Merchant’s refunds", "merchant.order": "Merchant’s orders", "merchant.settlement": "Settlements", "merchant.partnership": "Partnership", "salesperson.joined": "New members", "salesperson.earned": "Commission" },
};

/** What the pages of messages say; loaded with them. */
export const messagesTexts = (): typeof zh => (isEnglish() ? en : zh);
