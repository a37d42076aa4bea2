import { isEnglish } from "./index";

const zh = {
  title: "商家入驻", lead: "开店的您可以申请加入联盟：提交资料，运营人员审核后与您联系签约。", none: "还没有申请。", start: "申请入驻", status: { submitted: "审核中", proposed: "审核中", more_asked: "请补充资料", rejected: "未通过", withdrawn: "已撤回", approved: "已通过" },
  steps: { submitted: "已提交", more_asked: "请补充资料", rejected: "未通过", approved: "已通过", withdrawn: "已撤回", pictures_changed: "已更新证照图片" } as Record<string, string>,
  company: "商家", stores: "门店", store: "门店 {number}", account: "结算账户", contact: "联系人", fields: { company_name: "企业名称（与营业执照一致）", licence_number: "统一社会信用代码（18 位）", category: "主营类目", account_holder: "账户名称", account_number: "账号", bank: "开户银行（含支行）", contact_name: "姓名", contact_phone: "手机号" },
  wrong: { licence_number: "统一社会信用代码有误，请对照营业执照检查。", account_number: "账号有误，请检查。", contact_phone: "请填写 11 位手机号。" } as Record<string, string>,
  kinds: { company: "对公账户", card: "法人银行卡" }, storeName: "门店名称", storeAddress: "门店地址", addStore: "再加一家门店", remove: "移除", salesperson: "扫业务员的码（选填）", hasSalesperson: "已记录业务员", noSalesperson: "这不是业务员的码。", agree: "以上资料真实；我同意平台为审核入驻使用这些资料",
  papersTitle: "证照图片", papers: { licence: "营业执照", front: "门头照", permit: "经营许可证", other: "其他证明" }, papersNote: "最多 {count} 张，JPEG、PNG 或 WebP。图片加密保存，仅您与审核人员可见；撤回申请即删除。",
  add: "添加", addPaper: "添加图片：{name}", sendingPaper: "正在上传图片", savePapers: "提交图片", changePapers: "更换图片", attachPapers: "补充证照图片",
  choose: "请选择", sealed: "账号、姓名与手机号加密保存，重新提交时需再次填写。", send: "提交申请", again: "修改后重新提交", withdraw: "撤回申请", sure: "撤回后如需入驻，须重新申请。确定吗？", sent: "已提交，请留意消息。", licence: "执照 {number}", version: "第 {version} 次提交", next: "签约与后续操作在商家后台进行，运营人员会发送登录邀请。",
};
const en: typeof zh = {
  title: "Join with your shop", lead: "Send what is known of your shop; an operator looks at it and gets in touch about the contract.", none: "No application yet.", start: "Apply", status: { submitted: "being looked at", proposed: "being looked at", more_asked: "more is asked for", rejected: "not accepted", withdrawn: "withdrawn", approved: "accepted" },
  steps: { submitted: "Sent", more_asked: "More is asked for", rejected: "Not accepted", approved: "Accepted", withdrawn: "Withdrawn", pictures_changed: "Pictures changed" },
  company: "The company", stores: "Stores", store: "Store {number}", account: "Account to be paid to", contact: "Contact", fields: { company_name: "Name as on the licence", licence_number: "Unified social credit code, 18 characters", category: "What it sells", account_holder: "Name of the account", account_number: "Number", bank: "Bank and branch", contact_name: "Name", contact_phone: "Mobile number" },
  wrong: { licence_number: "This code cannot be right; please compare it with the licence.", account_number: "This number cannot be right.", contact_phone: "A mobile number, 11 digits." },
  kinds: { company: "Company’s account", card: "Owner’s bank card" }, storeName: "Name", storeAddress: "Address", addStore: "One more store", remove: "Remove", salesperson: "Scan a salesperson’s code (optional)", hasSalesperson: "Salesperson noted", noSalesperson: "This is no salesperson’s code.", agree: "This is true, and may be used to look at the application",
  papersTitle: "Pictures", papers: { licence: "Business licence", front: "Shop front", permit: "Permit", other: "Something else" }, papersNote: "Up to {count}, JPEG, PNG or WebP. They are encrypted; only you and the reviewers see them, and withdrawing deletes them.",
  add: "Add", addPaper: "Add a picture: {name}", sendingPaper: "Sending the picture", savePapers: "Send the pictures", changePapers: "Change the pictures", attachPapers: "Add pictures",
  choose: "choose", sealed: "Account, name and number are encrypted, so they are typed anew each time.", send: "Send it", again: "Correct and send again", withdraw: "Withdraw it", sure: "Joining later needs a new application. Are you sure?", sent: "Sent. Look at your messages.", licence: "Licence {number}", version: "version {version}", next: "The contract waits in the merchants’ console; the operator sends an invitation to it.",
};

/** What the page of merchants' applications says; loaded with it. */
export const applicationTexts = (): typeof zh => (isEnglish() ? en : zh);
