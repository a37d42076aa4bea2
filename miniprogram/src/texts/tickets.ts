import { isEnglish } from "./index";

const zh = {
  title: "人工客服", one: "工单", none: "还没有工单。遇到问题，写下来告诉我们。", ask: "提交问题", new: "新的问题", about: "关于", text: "请描述遇到的问题", send: "发送", write: "补充说明",
  kinds: { payment: "付款", top_up: "充值", withdrawal: "提现", order: "订单", other: "其他" },
  states: { open: "等待回复", answered: "已回复", closed: "已结束" },
  you: "我", staff: "客服", erased: "内容已删除", steps: { closed: "工单已结束", reopened: "工单已重新打开" } as Record<string, string>,
  picture: "添加图片（最多 {count} 张）", pictureOf: "图片 {number}", remove: "移除", sending: "正在上传图片", earlier: "查看更早的消息",
  close: "问题已解决", closeNote: "结束后仍可在一段时间内继续提问。", rate: "这次服务怎么样？", rateIt: "提交评价", stars: "{count} 星", thanks: "感谢您的评价：{count} 星", help: "关于此事，联系客服",
};
const en: typeof zh = {
  title: "Customer service", one: "Ticket", none: "No ticket yet. Tell us what went wrong.", ask: "Send", new: "New question", about: "About", text: "What happened?", send: "Send", write: "Add something",
  kinds: { payment: "Payment", top_up: "Top-up", withdrawal: "Withdrawal", order: "Order", other: "Something else" },
  states: { open: "waiting", answered: "answered", closed: "closed" },
  you: "You", staff: "Customer service", erased: "erased", steps: { closed: "Closed", reopened: "Opened again" },
  picture: "Add a picture ({count} at most)", pictureOf: "Picture {number}", remove: "Remove", sending: "Sending the picture", earlier: "Show what was said before",
  close: "This is settled", closeNote: "You can go on with it for a while afterwards.", rate: "How did we do?", rateIt: "Send", stars: "{count} stars", thanks: "Thank you: {count} stars", help: "Ask customer service about this",
};

/** What the pages of tickets say; loaded with them. */
export const ticketTexts = (): typeof zh => (isEnglish() ? en : zh);
