import { isEnglish } from "./index";

const zh = {
  title: "充值退款", rule: "自到账起 {days} 天内，未使用的储值本金可无理由退回，由微信原路退还。已消费的部分不退；赠送金按退款比例收回，已用掉的赠送从退款中扣除。", none: "还没有充值记录。", toTopUp: "去充值",
  until: "{date} 前可退", over: "已过 {days} 天，请联系客服", spent: "已全部使用", credited: "{date} 充值 {amount}", ask: "申请退款", amount: "退款金额", range: "金额须在 {least} 与 {most} 之间。",
  returns: "微信原路退回", bonus: "收回赠送金", kept: "已用赠送抵扣", keptNote: "与退款对应的赠送金已用掉，按约定从退款中扣除。", confirm: "确认退款 {amount}", done: "退款已受理", doneNote: "{amount} 将由微信原路退回，一般 1–3 个工作日到账。", more: "加载更多", refunded: "已退 {amount}",
};
const en: typeof zh = {
  title: "Top-up refund", rule: "Within {days} days prepaid principal that is unspent goes back without a reason, through WeChat to where it came from. What was spent stays spent; the bonus goes back in proportion, and bonus that was spent is deducted.", none: "No top-up yet.", toTopUp: "Top up",
  until: "until {date}", over: "{days} days are over: ask customer service", spent: "all spent", credited: "{amount} on {date}", ask: "Ask for a refund", amount: "Amount", range: "The amount must be between {least} and {most}.",
  returns: "Back through WeChat", bonus: "Bonus taken back", kept: "For bonus that was spent", keptNote: "The bonus that belongs to this refund was spent; it is deducted as agreed.", confirm: "Refund {amount}", done: "The refund is on its way", doneNote: "{amount} comes back through WeChat, mostly within 1 to 3 working days.", more: "More", refunded: "{amount} went back",
};

/** What the pages of getting a top-up back say; loaded with them. */
export const refundTexts = (): typeof zh => (isEnglish() ? en : zh);
