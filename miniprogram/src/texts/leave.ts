import { isEnglish } from "./index";

const zh = {
  title: "免确认收款", note: "授权一次后，提现到微信零钱不必每次确认。可随时取消。", ask: "去授权", goOn: "继续授权", given: "{date} 起生效，提现自动到账。", waiting: "等待您在微信中确认，24 小时内有效。", over: "授权已失效，提现需逐笔确认。", elsewhere: "请在「联惠」小程序的提现页授权。", giveUp: "取消授权", sure: "取消后，之后的提现需要您逐笔确认收款。确定吗？", isOn: "已开通", isOff: "未开通",
};
const en: typeof zh = {
  title: "Paid without confirming", note: "Allow it once, and withdrawals to WeChat need no confirmation each. It can be taken back at any time.", ask: "Allow it", goOn: "Go on", given: "In effect since {date}; withdrawals arrive by themselves.", waiting: "Waits for you in WeChat, for 24 hours.", over: "It is over; each withdrawal is confirmed again.", elsewhere: "It is given in the mini-program, on its page of withdrawals.", giveUp: "Take it back", sure: "Withdrawals from now on have to be confirmed one by one. Are you sure?", isOn: "on", isOff: "off",
};

/** What is said about the leave to be paid without confirming; loaded with the page of withdrawals. */
export const leaveTexts = (): typeof zh => (isEnglish() ? en : zh);
