import { isEnglish } from "./index";

const zh = {
  title: "微信通知", note: "开启后，这些结果会由微信的服务通知告诉您：{kinds}。每次同意只发一条。", agree: "接收通知", done: "已开启，有结果时微信会通知您。", refused: "未开启。可在小程序右上角「···」-「设置」-「通知管理」中更改。",
};
const en: typeof zh = {
  title: "WeChat messages", note: "WeChat can tell you about: {kinds}. Each consent is worth one message.", agree: "Tell me", done: "WeChat will tell you.", refused: "Not switched on. It can be changed in the mini-program’s own settings (···).",
};

/** What is said about WeChat's subscription messages; loaded with the pages that ask for them. */
export const subscriptionTexts = (): typeof zh => (isEnglish() ? en : zh);
