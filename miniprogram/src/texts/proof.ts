import { isEnglish } from "./index";

const zh = {
  title: "请输入支付密码", note: "金额超出免密额度，请确认是您本人操作。", pin: "支付密码（6 位数字）", confirm: "确认", forgot: "忘记支付密码",
  left: "还可尝试 {count} 次。", usable: "{time} 起可用",
  login: "确认是您本人", signIn: "金额超出免密额度，请重新登录确认是您本人（10 分钟内有效）。也可以在设置中设置支付密码。", signInAction: "重新登录", set: "设置支付密码",
};
const en: typeof zh = {
  title: "Enter your payment PIN", note: "The amount is above what goes without a PIN: please confirm that it is you.", pin: "Payment PIN, 6 digits", confirm: "Confirm", forgot: "I forgot the PIN",
  left: "{count} attempts left.", usable: "Usable from {time}",
  login: "Confirm that it is you", signIn: "The amount is above what goes without a PIN: please sign in once more; that counts for 10 minutes. Or set a payment PIN.", signInAction: "Sign in again", set: "Set a payment PIN",
};

/** What is said where much money goes; loaded with the pages that ask for it. */
export const proofTexts = (): typeof zh => (isEnglish() ? en : zh);
