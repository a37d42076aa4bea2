import { isEnglish } from "./index";

const zh = {
  title: "实名信息", lead: "提现、承接跑腿等需要核对本人身份时使用。不提供不影响消费。", masked: "以下仅显示部分内容。",
  name: "姓名", idNumber: "身份证号", phone: "手机号", card: "银行卡", noCard: "未绑定", bank: "开户银行", cardNumber: "银行卡号", withCard: "同时绑定一张储蓄卡（用于银行卡提现）", given: "{date} 确认", consented: "同意书版本 {version}",
  give: "提交实名信息", change: "更新信息", again: "为确认是您本人，请完整填写；身份证号须与之前一致，不填银行卡则保留原卡。", keep: "不更改", saved: "实名信息已保存。", consent: "单独同意书", agree: "我已阅读，单独同意处理以上信息", original: "",
  wrong: { name: "请填写证件上的中文姓名，少数民族姓名请保留“·”。", idNumber: "身份证号有误，请检查。", phone: "请填写 11 位大陆手机号。", card: "银行卡号有误，请检查。", bank: "请填写开户银行名称。" },
  wrongOwner: "姓名或证件有误需更正的，请联系人工客服。",
  privacy: "隐私与个人数据", export: "导出我的数据", exportNote: "平台保存的关于您的全部信息，整理为一个 JSON 文件。内容未脱敏，请妥善保管。", start: "开始整理", reading: "正在整理，已读取 {rows} 条", ready: "已整理 {parts} 类共 {rows} 条", save: "保存文件", copy: "复制全部内容", copied: "已复制", saveNote: "微信内无法保存文件时，可复制内容后粘贴保存。", discard: "清除",
  rows: "{count} 条",
  phoneNone: "手机号", phoneGive: "微信授权手机号", phoneWhy: "授权后可确认好友按手机号发出的邀请。加密保存，只用于识别本人，可随时撤回。", phoneElsewhere: "手机号须由微信在小程序中授权：请在「联惠」小程序 → 我的 → 隐私与个人数据中授权。", phoneInvited: "有 {count} 位好友邀请了您，去确认",
  phoneTitle: "已授权的手机号", phoneNote: "由您在小程序中授权提供，可随时撤回，撤回后即删除。", takeBack: "撤回授权", sureBack: "撤回后平台将删除该手机号。确定吗？",
  deletion: "注销账户", deletionNote: "注销后，平台删除您的身份、手机号、实名信息、银行卡及聊天内容；账目等依法须留存的记录仅以匿名编号保存。未用完的体验金将失效。", days: "提交后有 {days} 天反悔期：期间重新登录即自动撤销。", blocked: "以下事项完结后才能注销", clear: "没有未完结事项，可以申请注销。", ask: "申请注销", type: "请输入“注销”二字确认", word: "注销", final: "提交后将立即退出所有设备。", confirm: "确认注销",
  signIn: "为保护您的信息，请先重新登录确认是您本人（10 分钟内有效）。", signInAction: "重新登录",
  lost: "注销即放弃", lostNote: "注销生效后不能恢复；反悔期内重新登录则全部保留。", lose: { queue_place: "排队补贴中尚未领到的", other: "其他权益" },
  what: { prepaid_principal: "储值本金", prepaid_bonus: "储值赠送", payment_hold: "付款占用", bonus_reserved: "待到账赠送", rebate_pending: "待解冻返利", rebate: "可提现返利", withdrawing: "提现中", clawback_due: "待扣回款项", order_escrow: "订单担保款", errand_escrow: "跑腿担保款", order: "未完结的订单或支付", refund: "处理中的退款", sale_refund: "处理中的退款", withdrawal: "处理中的提现", merchant_contact: "商家联系人身份", merchant_application: "处理中的入驻申请", salesperson: "业务员身份", payment: "等待支付的付款", errand: "未完结的跑腿", promotion_commission: "在途的推广佣金", other: "其他未完结事项" },
};
const en: typeof zh = {
  title: "Real name", lead: "Needed where it must be known who you are: withdrawing, running errands. Buying works without it.", masked: "Only a part of it is shown.",
  name: "Name", idNumber: "ID number", phone: "Mobile number", card: "Bank card", noCard: "none", bank: "Its bank", cardNumber: "Card number", withCard: "Also give a debit card, to be paid to it", given: "given on {date}", consented: "Consent, version {version}",
  give: "Give my real name", change: "Change it", again: "Please fill in everything, so that we know it is you. The ID number stays the same; without a card the former one stays.", keep: "Leave it", saved: "Saved.", consent: "Separate consent", agree: "I have read this and separately consent to it", original: "The Chinese text is the one that counts. In short: name, ID number, phone and card are used to check who is paid, for prepaid cards’ real names, for tax, and against several accounts of one person; they are encrypted and shown in part; staff who look must give a reason; they are kept until you delete your account.",
  wrong: { name: "The Chinese name on the ID card, with “·” where it has one.", idNumber: "This ID number cannot be right.", phone: "A mobile number of the mainland, 11 digits.", card: "This card number cannot be right.", bank: "Which bank gave out the card?" },
  wrongOwner: "If the name or the ID is wrong, please ask customer service.",
  privacy: "Privacy and my data", export: "Export my data", exportNote: "Everything that is held of you, as one JSON file, in clear: keep it safe.", start: "Collect it", reading: "Collecting: {rows} records so far", ready: "{rows} records of {parts} kinds", save: "Save the file", copy: "Copy everything", copied: "Copied", saveNote: "Where WeChat cannot save files, copy it and paste it elsewhere.", discard: "Clear",
  rows: "{count}",
  phoneNone: "Phone number", phoneGive: "Share my number by WeChat", phoneWhy: "With it you can confirm invitations that friends sent to your number. It is encrypted, used only to know that it is you, and can be taken back at any time.", phoneElsewhere: "WeChat shares numbers in the mini-program only: Lianhui → Me → Privacy and my data.", phoneInvited: "{count} friends invited you: look",
  phoneTitle: "Phone number you shared", phoneNote: "You gave it in the mini-program; taken back, it is deleted.", takeBack: "Take it back", sureBack: "The number will be deleted. Are you sure?",
  deletion: "Delete my account", deletionNote: "Your identities, phone numbers, real name, cards and chats are erased. Books that the law wants kept stay under a number that names nobody. Experience gold that is left is lost.", days: "You have {days} days to change your mind: signing in again undoes it.", blocked: "These have to end first", clear: "Nothing is left that has to end first.", ask: "Delete my account", type: "Type DELETE to confirm", word: "DELETE", final: "You are signed out everywhere at once.", confirm: "Delete it",
  signIn: "To protect you, please sign in once more first; that counts for 10 minutes.", signInAction: "Sign in again",
  lost: "Lost with your account", lostNote: "It does not come back once the account is deleted; sign in again within the days above and it stays.", lose: { queue_place: "still waited for in the queue", other: "something else of yours" },
  what: { prepaid_principal: "prepaid money", prepaid_bonus: "prepaid bonus", payment_hold: "held for a payment", bonus_reserved: "bonus on its way", rebate_pending: "rebate not released yet", rebate: "rebate", withdrawing: "being withdrawn", clawback_due: "to be paid back", order_escrow: "held for orders", errand_escrow: "held for errands", order: "an order or payment under way", refund: "a refund under way", sale_refund: "a refund under way", withdrawal: "a withdrawal under way", merchant_contact: "you speak for a merchant", merchant_application: "a merchant’s application", salesperson: "you are a salesperson", payment: "a payment that waits", errand: "an errand under way", promotion_commission: "a commission on its way", other: "something else under way" },
};

/** What the pages of real name and one’s own data say; loaded with them. */
export const personTexts = (): typeof zh => (isEnglish() ? en : zh);
