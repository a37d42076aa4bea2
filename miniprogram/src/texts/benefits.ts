import { isEnglish } from "./index";

const zh = {
  title: "活动与福利", running: "进行中的活动", none: "暂时没有进行中的活动。", noneOfKind: "这类活动暂时没有进行中的，请稍后再来。", until: "{date} 截止", paused: "已暂停", notForMe: "不面向您", grants: "抽奖、排队补贴、推广与跑腿都在这里。", errands: "跑腿", got: "已获得", nothingGot: "还没有从活动中获得过。", takenBack: "已收回 {amount}", kinds: { lottery: "抽奖", queue_subsidy: "排队补贴", promotion: "推广佣金", errands: "跑腿" },
  lottery: {
    title: "抽奖", left: "剩余抽奖次数", draw: "抽一次", none: "还没有抽奖次数。消费满足条件后自动获得。", how: "活动期间消费，让利每满 {threshold} 得一次机会，每人最多 {most} 次。", prizes: "奖品与概率", stock: "剩 {left} / {stock}",
    won: "恭喜，抽中「{name}」", nothing: "这次没有抽中", tax: "已代扣个税 {tax}", mine: "我的抽奖", noDraws: "还没有抽过。", number: "第 {number} 次", check: "验证", proof: "公开验证", proofNote: "每次抽奖都由开奖前公布的承诺值与前一次的链值算出，任何人都可重算。种子在活动结束后公布。",
    before: "前一链值", nonce: "随机数", head: "本次链值", roll: "点数", later: "活动结束后公布", data: "公开数据", copy: "复制链接", copied: "已复制", organiser: "主办方", closes: "抽奖截止", voided: "已作废", over: "活动已暂停或结束，暂时不能抽奖。", claim: "领取奖品", claimNote: "请在期限内选择自提或配送，逾期作废。",
  },
  claim: {
    title: "领取奖品", until: "请在 {date} 前领取，逾期作废", borne: "奖品货款与个人所得税均由活动承担，您无需支付。", take: "确认领取", order: "查看奖品订单", paid: "奖品的等值现金已计入返利，冻结期后可用。", gone: "该商品暂时无法兑换。可稍后再试，或改领等值现金。", money: "改领等值现金", sure: "按奖品标价发放现金（个人所得税由活动承担），计入返利，冻结期后可用。领取后不能再换回商品，确定吗？",
    state: { open: "待领取", claimed: "已领取", lapsed: "逾期作废", void: "已收回" },
  },
  queue: {
    title: "排队补贴", waiting: "您最靠前的一单", places: "排队中 {count} 单", none: "还没有排队的订单。", position: "第 {position} 位", ahead: "前面还有 {amount}", paid: "已发 {amount}", estimate: "估计 {least}–{most} 天", unknown: "暂无法估计", pool: "复制公开资金池的链接",
    state: { waiting: "排队中", paid: "已发完", left: "已退出" }, shut: "排队账户尚未开通。", firstPurchase: "首单实付满 {amount} 即可开通。", noQueue: "现在没有排队补贴活动。",
  },
  promotion: {
    title: "推广", rate: "佣金 {percent} %，每笔最高 {cap}，{days} 天内有效", make: "生成推广链接", makeFor: "推广「{title}」", what: "推广什么", store: "选择门店", offer: "选择商品", chosen: "生成成功", share: "复制链接", copied: "链接已复制", poster: "推广海报", hold: "长按图片保存或发给好友",
    links: "我的推广", none: "还没有推广链接。", report: "近 30 天", clicks: "点击", sales: "成交", earned: "佣金", frozen: "待解冻", freed: "已到账", figures: "点击 {clicks} · 成交 {sales}", noBudget: "活动预算已用完，新成交没有佣金。", nothing: "没有可推广的内容。", search: "按名称查找", notFound: "没有找到，换个词试试。", kinds: { store: "门店", product: "商品", content: "内容" }, oneLevel: "只有一级，只按真实消费计算。",
  },
};

const en: typeof zh = {
  title: "Campaigns", running: "Running now", none: "No campaign is running.", noneOfKind: "None of this kind is running now. Look again later.", until: "until {date}", paused: "paused", notForMe: "not for you", grants: "Lottery, queue, promotion and errands are all here.", errands: "Errands", got: "What you got", nothingGot: "Nothing of campaigns yet.", takenBack: "{amount} taken back", kinds: { lottery: "Lottery", queue_subsidy: "Queue subsidy", promotion: "Commission", errands: "Errands" },
  lottery: {
    title: "Lottery", left: "Chances left", draw: "Draw", none: "No chance yet. Purchases that qualify give them.", how: "Each {threshold} of concession during the campaign gives a chance, at most {most} for each person.", prizes: "Prizes and odds", stock: "{left} of {stock} left",
    won: "You won “{name}”", nothing: "Nothing this time", tax: "{tax} of tax withheld", mine: "My draws", noDraws: "No draw yet.", number: "Draw {number}", check: "Check", proof: "Public proof", proofNote: "Each draw follows from the commitment told beforehand and the chain before it; anyone can compute it again. The seed is told after the end.",
    before: "Chain before", nonce: "Nonce", head: "Chain after", roll: "Roll", later: "told after the end", data: "Public data", copy: "Copy link", copied: "Copied", organiser: "Organiser", closes: "Draw until", voided: "void", over: "The campaign is paused or over; drawing is not possible now.", claim: "Claim it", claimNote: "Choose pick-up or shipment in time; then it lapses.",
  },
  claim: {
    title: "Claim a prize", until: "Claim it by {date}; then it lapses", borne: "The campaign pays the goods and their tax. You pay nothing.", take: "Claim it", order: "See its order", paid: "Its value in money went to your rebate and is free after the freeze.", gone: "These goods are not to be had now. Try later, or take their value in money.", money: "Take its value in money", sure: "The listed price is paid to your rebate, free after the freeze; the campaign bears the tax. It cannot be changed back into goods. Take it?",
    state: { open: "to be claimed", claimed: "claimed", lapsed: "lapsed", void: "taken back" },
  },
  queue: {
    title: "Queue subsidy", waiting: "Your foremost purchase", places: "{count} in the queue", none: "No purchase in the queue yet.", position: "Place {position}", ahead: "{amount} before it", paid: "{amount} paid", estimate: "about {least}–{most} days", unknown: "no estimate yet", pool: "Copy the address of the public pool",
    state: { waiting: "waiting", paid: "paid", left: "left" }, shut: "Your queue account is not open yet.", firstPurchase: "A first purchase of {amount} opens it.", noQueue: "There is no queue now.",
  },
  promotion: {
    title: "Promotion", rate: "{percent} % commission, at most {cap} a sale, within {days} days", make: "Make a link", makeFor: "Promote “{title}”", what: "What to promote", store: "Choose a store", offer: "Choose an offer", chosen: "Your link is ready", share: "Copy the link", copied: "Link copied", poster: "Poster", hold: "Press the picture to save or send it",
    links: "My links", none: "No link yet.", report: "Last 30 days", clicks: "Clicks", sales: "Sales", earned: "Commission", frozen: "Frozen", freed: "Received", figures: "{clicks} clicks · {sales} sales", noBudget: "The budget is used up; new sales earn nothing.", nothing: "Nothing can be promoted.", search: "Search by name", notFound: "Nothing was found; try other words.", kinds: { store: "Stores", product: "Offers", content: "Contents" }, oneLevel: "One level only, for real purchases only.",
  },
};

/** What the pages of campaigns say; loaded with them, not with the first page. */
export const benefitTexts = (): typeof zh => (isEnglish() ? en : zh);
