// The pay sheet that rises on a phone: it pays with real parameters or a native code.
"use strict";

// Shows the sheet; resolves to the result of paying, or null if the person cancelled or it failed.
// `told` hears how it ended: "ok", "cancel" or "fail".
function openPaySheet(phone, parameters, amountFen, title, told = () => undefined) {
  const sheet = phone.querySelector("[data-sheet]");
  return new Promise((resolve) => {
    const close = (result) => {
      sheet.hidden = true;
      sheet.replaceChildren();
      resolve(result);
    };
    const act = async (event, decline) => {
      event.target.disabled = true;
      const wish = decline ? { ...parameters, decline: true } : parameters;
      const result = await control(`/phones/${phone.dataset.phone}/pay`, wish);
      if (result && !decline) toast("支付成功 Paid ¥" + yuan(result.total_fen));
      told(decline ? "cancel" : result ? "ok" : "fail");
      close(decline ? null : result);
    };
    sheet.replaceChildren(
      make("div", { role: "dialog", "aria-label": "支付 Pay" },
        make("p", {}, ...both("微信支付", "WeChat Pay")),
        make("p", {}, title || "付款"),
        make("p", { class: "sum" }, amountFen === undefined ? "¥ —" : "¥" + yuan(amountFen)),
        make("button", { type: "button", class: "primary", onclick: (event) => act(event, false) }, ...both("立即支付", "Pay now")),
        make("button", { type: "button", onclick: (event) => act(event, true) }, ...both("取消", "Cancel")),
      ),
    );
    sheet.hidden = false;
    sheet.querySelector("button").focus();
  });
}

// What a person pasted: the JSON of wx.requestPayment or a code_url.
function readSheet(text) {
  const given = text.trim();
  if (given.startsWith("weixin://")) return { code_url: given };
  try {
    const parsed = JSON.parse(given);
    return parsed && typeof parsed === "object" ? parsed.wechat_pay_parameters || parsed : null;
  } catch {
    return null;
  }
}
