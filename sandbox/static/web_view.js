// A page that a phone has opened: in a frame, with WeChat's bridge answered by this phone.
"use strict";

const views = new Map(); // the frame's window → {phone, allowed}
const HERE = { latitude: 30.2489, longitude: 120.1629 };

function productOrigin() {
  return new URL(document.body.dataset.product || location.href).origin;
}

// Whether a link leads to a page that belongs inside WeChat.
function isForWebView(address) {
  const target = new URL(address, location.href);
  return target.origin === productOrigin() && /^\/(h5\/?|api\/v1\/oauth\/start)($|\?)/.test(target.pathname + target.search);
}

function openWebView(phone, address) {
  const place = phone.querySelector("[data-web-view]");
  // Its name keeps the pages of several phones in one browser apart, and tells WeChat's
  // consent page whose phone it is shown on.
  const frame = make("iframe", { name: phone.dataset.phone, src: address, title: "网页 Web page", allow: "geolocation; clipboard-write" });
  place.replaceChildren(
    make("div", { class: "web-bar" },
      make("button", { type: "button", "data-close-web": true, "aria-label": "关闭网页 Close page" }, "✕"),
      make("span", {}, "联惠"),
      make("button", { type: "button", "data-reload-web": true, "aria-label": "刷新网页 Reload page" }, "↻")),
    frame,
  );
  place.hidden = false;
  views.set(frame.contentWindow, { phone, allowed: new Set() });
}

function closeWebView(phone) {
  const place = phone.querySelector("[data-web-view]");
  const frame = place.querySelector("iframe");
  if (frame) views.delete(frame.contentWindow);
  place.hidden = true;
  place.replaceChildren();
}

const ABILITIES = {
  config: configurePage,
  getBrandWCPayRequest: (view, wish) => payOnPage(view, wish, "get_brand_wcpay_request"),
  chooseWXPay: (view, wish) => payOnPage(view, wish, "chooseWXPay"),
  requestMerchantTransfer: acceptOnPage,
  scanQRCode: scanOnPage,
  getLocation: async () => ({ err_msg: "getLocation:ok", ...HERE }),
  closeWindow: async (view) => { closeWebView(view.phone); return { err_msg: "closeWindow:ok" }; },
  updateAppMessageShareData: async () => ({ err_msg: "updateAppMessageShareData:ok" }),
  updateTimelineShareData: async () => ({ err_msg: "updateTimelineShareData:ok" }),
  hideMenuItems: async () => ({ err_msg: "hideMenuItems:ok" }),
};
const WITHOUT_CONFIG = new Set(["config", "getBrandWCPayRequest"]);

window.addEventListener("message", async (event) => {
  const view = views.get(event.source);
  if (!view || event.origin !== productOrigin() || !event.data?.wechat) return;
  const { id, name, wish } = event.data;
  const answer = await answerPage(view, name, wish || {});
  event.source.postMessage({ wechat: true, id, answer }, event.origin);
});

async function answerPage(view, name, wish) {
  if (!ABILITIES[name]) return { err_msg: `${name}:fail the ability is not imitated` };
  if (!WITHOUT_CONFIG.has(name) && !view.allowed.has(name)) {
    return { err_msg: `${name}:fail, the permission value is offline verifying` };
  }
  return ABILITIES[name](view, wish);
}

async function configurePage(view, wish) {
  const told = await control(`/phones/${view.phone.dataset.phone}/js-config`, wish);
  view.allowed = new Set(told?.jsApiList || []);
  return told || { errMsg: "config:fail" };
}

async function payOnPage(view, wish, word) {
  const id = view.phone.dataset.phone;
  const known = await control(`/phones/${id}`, undefined, "GET");
  const order = known?.open_orders.find((each) => `prepay_id=${each.prepay_id}` === wish.package);
  let outcome = "cancel";
  await openPaySheet(view.phone, wish, order?.total_fen, order?.description, (told) => { outcome = told; });
  return { err_msg: `${word}:${outcome}` };
}

// WeChat asks the person to accept the money.
async function acceptOnPage(view, wish) {
  const id = view.phone.dataset.phone;
  const known = await control(`/phones/${id}`, undefined, "GET");
  const bill = known?.transfers.find((each) => each.package_info === wish.package);
  const isTaken = await askOnSheet(view.phone, "确认收款", "Accept the money", bill ? "¥" + yuan(bill.amount_fen) : "");
  if (!isTaken) return { err_msg: "requestMerchantTransfer:cancel" };
  const told = await control(`/phones/${id}/web-transfer`, wish);
  return { err_msg: told?.errMsg || "requestMerchantTransfer:fail" };
}

function askOnSheet(phone, chinese, english, sum) {
  const sheet = phone.querySelector("[data-sheet]");
  return new Promise((resolve) => {
    const close = (isTaken) => {
      sheet.hidden = true;
      sheet.replaceChildren();
      resolve(isTaken);
    };
    sheet.replaceChildren(make("div", { role: "dialog", "aria-label": `${chinese} ${english}` },
      make("p", {}, ...both("微信零钱", "WeChat balance")),
      make("p", { class: "sum" }, sum),
      make("button", { type: "button", class: "primary", onclick: () => close(true) }, ...both(chinese, english)),
      make("button", { type: "button", onclick: () => close(false) }, ...both("取消", "Cancel"))));
    sheet.hidden = false;
    sheet.querySelector("button").focus();
  });
}

// The scanner: the codes on this page, or what somebody types.
function scanOnPage(view) {
  const sheet = view.phone.querySelector("[data-sheet]");
  return new Promise((resolve) => {
    const close = (content) => {
      sheet.hidden = true;
      sheet.replaceChildren();
      resolve(content ? { err_msg: "scanQRCode:ok", resultStr: content } : { err_msg: "scanQRCode:cancel" });
    };
    const codes = [...view.phone.querySelectorAll('[data-part="codes"] [data-code]')].slice(0, 6).map((code) =>
      make("button", { type: "button", onclick: () => close(code.dataset.code) }, code.querySelector("strong")?.textContent || code.dataset.code));
    const field = make("input", { placeholder: "码的内容 what the code says", "aria-label": "码的内容 Content" });
    sheet.replaceChildren(make("div", { role: "dialog", "aria-label": "扫一扫 Scan" },
      make("p", {}, ...both("扫一扫", "Scan a code")), ...codes, field,
      make("button", { type: "button", class: "primary", onclick: () => close(field.value.trim()) }, ...both("扫", "Scan")),
      make("button", { type: "button", onclick: () => close("") }, ...both("取消", "Cancel"))));
    sheet.hidden = false;
  });
}

// Before the browser follows a link: pages that belong inside WeChat open on the phone.
document.addEventListener("click", (event) => {
  const phone = event.target.closest?.(".phone");
  if (!phone) return;
  const link = event.target.closest("a[href]");
  if (link && isForWebView(link.href)) {
    event.preventDefault();
    openWebView(phone, link.href);
  } else if (event.target.closest("[data-open-client]")) {
    openWebView(phone, productOrigin() + "/h5/");
  } else if (event.target.closest("[data-close-web]")) {
    closeWebView(phone);
  } else if (event.target.closest("[data-reload-web]")) {
    openWebView(phone, phone.querySelector("[data-web-view] iframe").src);
  } else if (event.target.closest("[data-open]")) {
    closeWebView(phone);
  }
});
