import { isEnglish } from "./index";

const zh = {
  title: "设置", pin: "支付密码", pinNote: "付款、订单、跑腿、提现单笔超过 {free}，或当日免密合计超过 {daily}，须输入支付密码。", hasPin: "已设置", noPin: "未设置", usable: "{time} 起可用", set: "设置支付密码", change: "修改支付密码", forgot: "忘记支付密码",
  old: "原支付密码", fresh: "新支付密码（6 位数字）", again: "再次输入新密码", simple: "请勿使用相同或连续的数字。", differs: "两次输入不一致。", forgotNote: "凭重新登录重设。为防他人冒用，新密码需过一段时间才能使用。", done: "支付密码已保存。", left: "还可尝试 {count} 次。", save: "保存",
  signIn: "设置支付密码前，请先重新登录确认是您本人（10 分钟内有效）。", signInAction: "重新登录",
  purses: "付款码扣款来源", pursesNote: "店员扫码时依次使用，至少保留一项。", names: { experience: "体验金", prepaid: "储值", rebate: "返利", wechat: "微信支付" },
  general: "通用", language: "语言 Language", now: "中文", terms: "会员与储值条款", signOut: "退出登录", signOutNote: "退出后，本机的登录立即失效。", everywhere: "退出所有设备", everywhereNote: "所有设备的登录与付款码立即失效，手机丢失时可用。", devices: "登录的设备",
};
const en: typeof zh = {
  title: "Settings", pin: "Payment PIN", pinNote: "Payments, orders, errands and withdrawals above {free}, and all those below it above {daily} in a day, ask for the PIN.", hasPin: "set", noPin: "not set", usable: "usable from {time}", set: "Set a payment PIN", change: "Change the PIN", forgot: "I forgot the PIN",
  old: "Present PIN", fresh: "New PIN, 6 digits", again: "New PIN once more", simple: "Not one digit repeated, and no run.", differs: "The two are not the same.", forgotNote: "A fresh sign-in replaces it. So that nobody else gains by that, the new PIN can be used only after a while.", done: "The PIN is saved.", left: "{count} attempts left.", save: "Save",
  signIn: "Please sign in once more before setting a PIN; that counts for 10 minutes.", signInAction: "Sign in again",
  purses: "What the payment code pays from", pursesNote: "Used in this order when a till scans; keep at least one.", names: { experience: "Experience gold", prepaid: "Prepaid", rebate: "Rebate", wechat: "WeChat Pay" },
  general: "General", language: "Language 语言", now: "English", terms: "Membership and prepaid terms", signOut: "Log out", signOutNote: "This phone’s session is over at once.", everywhere: "Log out everywhere", everywhereNote: "All sessions and payment codes are over at once, for instance when a phone was lost.", devices: "Where I am signed in",
};

/** What the pages of settings say; loaded with them. */
export const settingsTexts = (): typeof zh => (isEnglish() ? en : zh);
