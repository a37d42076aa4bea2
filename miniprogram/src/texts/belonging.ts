import { isEnglish } from "./index";

const zh = {
  title: "我的归属", present: "目前的归属", record: "归属记录", enterprise: "所属企业（差异码）", noEnterprise: "选择归属门店后，即归属该门店所在的企业。", disputes: "归属异议", none: "没有提出过异议。",
  state: { open: "处理中", rejected: "维持原归属", corrected: "已更正" }, answer: "答复：{text}", wrong: "归属有误，提出异议", reason: "请说明哪里有误、应归属于谁", send: "提交异议", sent: "异议已提交，运营人员会核对后答复。",
  received: "邀请我的人", receivedNote: "确认后长期有效，不能自行更改。", from: "来自 {phone}", unknown: "邀请人未公开手机号", accept: "确认由他邀请", decline: "不是", sure: "确认后，您的推荐人即为此人，且不能自行更改。确定吗？",
  byPhone: "按手机号邀请", phone: "好友的手机号", invite: "发送邀请", noneSent: "还没有按手机号邀请过。", takeBack: "撤回", byPhoneNote: "好友在小程序授权该手机号后，可确认由您邀请。", invited: { open: "待确认", confirmed: "已确认", withdrawn: "已撤回", expired: "已过期" }, until: "{date} 前有效", wrongPhone: "请填写 11 位手机号。",
};
const en: typeof zh = {
  title: "Where I belong", present: "At present", record: "The record", enterprise: "Enterprise (difference code)", noEnterprise: "The enterprise of your home store, once you have one.", disputes: "Disputes", none: "You disputed nothing.",
  state: { open: "being looked at", rejected: "it stays", corrected: "corrected" }, answer: "Answer: {text}", wrong: "This is wrong", reason: "What is wrong, and who should it be?", send: "Dispute it", sent: "Noted. An operator will look at it and answer.",
  received: "Who says they brought me", receivedNote: "Once confirmed it is for good.", from: "from {phone}", unknown: "their number is not shown", accept: "Yes, they brought me", decline: "No", sure: "They are your recommender then, for good. Are you sure?",
  byPhone: "Invite by phone number", phone: "Your friend’s mobile number", invite: "Invite", noneSent: "You invited no number yet.", takeBack: "Take back", byPhoneNote: "Once your friend has shared that number in the mini-program, they can confirm that you brought them.", invited: { open: "not confirmed yet", confirmed: "confirmed", withdrawn: "taken back", expired: "over" }, until: "until {date}", wrongPhone: "A mobile number, 11 digits.",
};

/** What is said about who brought whom; loaded with its pages. */
export const belongingTexts = (): typeof zh => (isEnglish() ? en : zh);
