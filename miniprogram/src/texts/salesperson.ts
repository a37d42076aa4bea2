import { isEnglish } from "./index";

const zh = {
  title: "业务员", none: "您还不是联惠的业务员。业务员由联惠授权，想成为业务员请联系我们。", ask: "联系人工客服", brought: "已带来", members: "会员", merchants: "商家", count: "{count}", month: "{month} 的业务分成", of: { members: "会员消费", merchants: "商家收款" }, sales: "{count} 笔", earlier: "上个月", later: "下个月",
  state: { authorised: "授权有效", suspended: "已暂停", revoked: "已撤销" } as Record<string, string>, poster: "业务员海报", hold: "长按图片保存；新会员扫码后归属于您。", note: "按实际消费计算，已扣除退款。",
};
const en: typeof zh = {
  title: "Salesperson", none: "You are no salesperson of ours yet. Lianhui authorises them; please ask us.", ask: "Ask customer service", brought: "Brought so far", members: "Members", merchants: "Merchants", count: "{count}", month: "Commission of {month}", of: { members: "Purchases of members", merchants: "Sales of merchants" }, sales: "{count} sales", earlier: "Month before", later: "Month after",
  state: { authorised: "authorised", suspended: "suspended", revoked: "revoked" }, poster: "Poster", hold: "Press the picture to save it; new members who scan it are yours.", note: "By real purchases, less refunds.",
};

/** What the page of salespeople says; loaded with it. */
export const salespersonTexts = (): typeof zh => (isEnglish() ? en : zh);
