import { isEnglish } from "./index";

const zh = {
  title: "会员等级", now: "当前等级", none: "尚未达到任何等级", all: "全部等级", noLevels: "平台还没有设置会员等级。", needs: "近 {days} 天消费带来的让利满 {amount}", gift: "达到后可领 {amount} 体验金", take: "领取 {amount} 体验金", taken: "已领取 {amount} 体验金", yours: "您的等级",
};
const en: typeof zh = {
  title: "Member level", now: "Your level", none: "no level yet", all: "All levels", noLevels: "The platform has no levels yet.", needs: "{amount} conceded on what you bought in {days} days", gift: "brings {amount} of experience gold", take: "Take {amount} of experience gold", taken: "{amount} of experience gold taken", yours: "yours",
};

/** What the page of levels says; loaded with it. */
export const levelTexts = (): typeof zh => (isEnglish() ? en : zh);
