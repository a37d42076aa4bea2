import { isEnglish } from "./index";

const zh = {
  title: "登录的设备", here: "本机", opened: "{time} 登录", seen: "最近使用 {date}", alone: "除本机外，没有其他设备登录。", more: "另有 {count} 处登录未列出，可退出所有设备。", lead: "仅列出登录尚未过期的设备；不记录 IP 地址和位置。",
  end: "退出该设备", endNote: "该设备的付款码立即失效，登录在 5 秒内失效。", again: "仍能使用您微信的人可以再次登录。手机丢失时，请先在微信中冻结账号，并更改支付密码。", done: "已退出该设备。",
  doors: { mini_program: "小程序", wechat_page: "微信内网页", browser: "其他浏览器" }, devices: { ios: "苹果手机或平板", android: "安卓设备", harmony: "鸿蒙设备", windows: "Windows 电脑", mac: "苹果电脑", other: "其他设备" }, unknown: "未记录的设备",
};
const en: typeof zh = {
  title: "Where I am signed in", here: "this one", opened: "signed in {time}", seen: "last used {date}", alone: "You are signed in nowhere but here.", more: "{count} more are not listed; log out everywhere ends them too.", lead: "Only sign-ins that are not over yet; neither IP addresses nor places are kept.",
  end: "Log out there", endNote: "Its payment code is worth nothing at once; the sign-in ends within 5 seconds.", again: "Whoever can use your WeChat can sign in again. If a phone is lost, freeze your account in WeChat first, and change the payment PIN.", done: "Logged out there.",
  doors: { mini_program: "Mini-program", wechat_page: "Page in WeChat", browser: "Other browser" }, devices: { ios: "iPhone or iPad", android: "Android", harmony: "HarmonyOS", windows: "Windows computer", mac: "Mac", other: "Other device" }, unknown: "Unknown device",
};

/** What the page of signed-in devices says; loaded with it. */
export const deviceTexts = (): typeof zh => (isEnglish() ? en : zh);
