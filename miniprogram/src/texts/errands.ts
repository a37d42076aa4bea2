import { isEnglish } from "./index";

const zh = {
  title: "跑腿", views: { nearby: "附近", posted: "我发布的", run: "我承接的" }, post: "发布跑腿", none: "暂时没有跑腿任务。", noProgramme: "现在没有跑腿活动。", locate: "查看附近任务", noPlace: "没有取得位置，请在微信中允许定位。",
  apply: "申请成为跑腿员", applyNote: "需先完成实名登记，审核通过后可接单。", runner: { applied: "申请审核中", approved: "已是跑腿员", rejected: "申请未通过", suspended: "接单资格已暂停" },
  status: { open: "待接单", assigned: "待跑腿员确认", taken: "已接单", picked_up: "已取件", delivered: "已送达", disputed: "争议处理中", completed: "已完成", decided: "已裁定", cancelled: "已取消", expired: "已过期" },
  steps: { take: "接单", decline: "谢绝", "give-up": "放弃接单", confirm: "确认完成，付报酬", "pick-up": "确认取件", deliver: "确认送达", assign: "指定跑腿员", cancel: "取消跑腿", dispute: "有问题，请求处理" },
  reward: "报酬", fee: "含平台服务费 {fee}", feeTaken: "您的报酬，已扣平台服务费 {fee}", pickUp: "取件", delivery: "送达", distance: "全程约 {metres}", away: "距您 {metres}", pickUpCode: "取件码", deliveryCode: "收件码", codeNote: "请只告诉现场取件或收件的人。", code: "对方出示的 6 位数字", reason: "原因", about: "内容", rate: "给对方评分",
  taken: "接单后可见地址与联系方式。", sure: { confirm: "确认后，报酬立即付给跑腿员，不能撤回。确定已完成吗？", "give-up": "放弃接单会计入您的跑腿记录。确定放弃吗？", decline: "谢绝后，这单会重新公开。确定吗？" } as Record<string, string>, cancelNote: "已被接单时取消，须按规则补偿跑腿员。",
  category: "类别", name: "标题", description: "要做什么", address: "地址", contact: "联系人", phone: "手机号", here: "用我现在的位置", placed: "位置已记录", needsPlace: "请记录两处的位置。", amount: "报酬金额", range: "报酬须在 {least} 与 {most} 之间。", purse: "报酬先从返利支付，不足时用储值。", purseRebate: "报酬从返利支付。", coordinates: "位置（纬度, 经度）", wrongPlace: "请填写“纬度, 经度”，或用右上角自动填写。", map: "在地图上选",
  pictures: "图片", picturesNote: "仅供接单前后的跑腿员与平台查看。", pickUpProof: "取件凭证", deliveryProof: "送达凭证", proofNote: "拍照或填写对方出示的 6 位数字，至少一项。",
  assignNote: "指定后其他跑腿员暂时看不到这单；对方谢绝或超时未接，会重新公开。", known: "帮您完成过的跑腿员", knownNote: "完成过 {count} 单 · 最近 {date}", nobodyKnown: "还没有帮您完成过任务的跑腿员。可向跑腿员索取编号后填写。", runnerNumber: "跑腿员编号", wrongNumber: "编号有误，请向跑腿员核对。", myNumber: "我的跑腿员编号", myNumberNote: "把编号告诉发布人，即可被指定接单。", copy: "复制编号", copied: "已复制",
};

const en: typeof zh = {
  title: "Errands", views: { nearby: "Nearby", posted: "Posted by me", run: "Run by me" }, post: "Post an errand", none: "No errand for now.", noProgramme: "There is no errand programme now.", locate: "Show errands nearby", noPlace: "Your place is not known; please allow it in WeChat.",
  apply: "Become a runner", applyNote: "Give your real name first; after a review you can take errands.", runner: { applied: "being reviewed", approved: "You are a runner", rejected: "not approved", suspended: "suspended" },
  status: { open: "open", assigned: "asked a runner", taken: "taken", picked_up: "picked up", delivered: "delivered", disputed: "in dispute", completed: "done", decided: "decided", cancelled: "cancelled", expired: "expired" },
  steps: { take: "Take it", decline: "Decline", "give-up": "Give it up", confirm: "It is done, pay the reward", "pick-up": "Picked up", deliver: "Delivered", assign: "Ask one runner", cancel: "Cancel the errand", dispute: "Something is wrong" },
  reward: "Reward", fee: "{fee} of it is the platform’s fee", feeTaken: "Your reward, after the platform’s fee of {fee}", pickUp: "Pick-up", delivery: "Delivery", distance: "about {metres} in all", away: "{metres} from you", pickUpCode: "Pick-up code", deliveryCode: "Delivery code", codeNote: "Tell it only to the person who is there.", code: "The 6 digits shown there", reason: "Reason", about: "What", rate: "Rate the other side",
  taken: "Address and contact show once it is taken.", sure: { confirm: "The runner is paid at once, for good. Is it done?", "give-up": "It is counted against you. Give it up?", decline: "It is open to others again then. Decline it?" }, cancelNote: "Once somebody took it, cancelling compensates them.",
  category: "Kind", name: "Title", description: "What is to be done", address: "Address", contact: "Contact", phone: "Mobile number", here: "Use where I am now", placed: "Place noted", needsPlace: "Please note both places.", amount: "Reward", range: "The reward must be between {least} and {most}.", purse: "The reward comes from rebate first, then from prepaid.", purseRebate: "The reward comes from rebate.", coordinates: "Place (latitude, longitude)", wrongPlace: "“Latitude, longitude”, or let it be filled in above.", map: "Choose on the map",
  pictures: "Pictures", picturesNote: "Shown to runners and the platform only.", pickUpProof: "Shown at the pick-up", deliveryProof: "Shown at the delivery", proofNote: "A picture, or the 6 digits shown there; one of them at least.",
  assignNote: "Nobody else sees it meanwhile; if they decline or do not answer in time, it is open again.", known: "Runners who ran for you", knownNote: "{count} done · last on {date}", nobodyKnown: "Nobody ran for you yet. A runner can tell you their number.", runnerNumber: "A runner’s number", wrongNumber: "That is no runner’s number; please ask them again.", myNumber: "My number as a runner", myNumberNote: "Whoever posts an errand can ask you by it.", copy: "Copy it", copied: "Copied",
};

/** What the pages of errands say; loaded with them. */
export const errandTexts = (): typeof zh => (isEnglish() ? en : zh);
