// WeChat's own popups on a phone: privacy, phone number, subscriptions, customer service, payment code.
"use strict";

const ASKS = {
  privacy: {
    title: ["隐私保护指引", "Privacy guide"], text: "在使用前，请阅读并同意《小程序隐私保护指引》",
    answers: [["同意", "Agree", { agree: true }], ["拒绝", "Refuse", { agree: false }]],
  },
  "phone-number": {
    title: ["申请获取并验证你的手机号", "wants your phone number"], text: "小程序将获得你微信绑定的手机号",
    answers: [["允许", "Allow", { accept: true }], ["不允许", "Decline", { accept: false }]],
  },
  revoke: {
    title: ["撤回授权", "Withdraw permissions"], text: "小程序须删除你的手机号等信息",
    answers: [["撤回", "Withdraw", {}], ["返回", "Back", null]],
  },
  cancel: {
    path: "revoke", title: ["注销微信账号", "Close the WeChat account"], text: "注销后，小程序须删除你的个人信息",
    answers: [["注销", "Close it", { cancel: true }], ["返回", "Back", null]],
  },
};

// Raises a sheet with these parts on the phone; returns how to lower it.
function raiseSheet(phone, title, ...parts) {
  const sheet = phone.querySelector("[data-sheet]");
  const lower = () => {
    sheet.hidden = true;
    sheet.replaceChildren();
  };
  sheet.replaceChildren(make("div", { role: "dialog", "aria-label": title.join(" ") }, make("h3", {}, ...both(...title)), ...parts));
  sheet.hidden = false;
  sheet.querySelector("button, input")?.focus();
  return lower;
}

function ask(phone, name, button) {
  if (name === "subscribe") return askSubscribe(phone, JSON.parse(button.dataset.templates || "[]"));
  if (name === "enter-session") return askService(phone);
  const { title, text, answers, path } = ASKS[name];
  const buttons = answers.map(([chinese, english, wish], place) =>
    make("button", { type: "button", class: place ? "" : "primary", onclick: async () => {
      lower();
      if (wish) tellResult(phone, await control(`/phones/${phone.dataset.phone}/${path || name}`, wish));
    } }, ...both(chinese, english)));
  const lower = raiseSheet(phone, title, make("p", {}, text), ...buttons);
}

function askSubscribe(phone, templates) {
  const boxes = templates.map((template) => make("label", { class: "check" },
    make("input", { type: "checkbox", name: "template", value: template, checked: true }), make("span", {}, template)));
  const other = make("label", {}, make("span", {}, ...both("模板 ID", "template id")), make("input", { name: "other", autocomplete: "off" }));
  const app = make("select", { name: "app", "aria-label": "来自 From" }, make("option", { value: "mini" }, "小程序 Mini app"), make("option", { value: "oa" }, "公众号 Account"));
  const form = make("form", { class: "pane" }, ...boxes, other, app);
  const answer = async (choice) => {
    const offered = [...form.querySelectorAll("[name=template]")];
    const choices = Object.fromEntries(offered.map((box) => [box.value, choice === "accept" && box.checked ? "accept" : "reject"]));
    const added = form.elements.other.value.trim();
    if (added) choices[added] = choice;
    const wish = { choices, app: form.elements.app.value };
    const done = await control(`/phones/${phone.dataset.phone}/subscribe`, wish);
    if (done) lower();
    tellResult(phone, done);
  };
  const lower = raiseSheet(phone, ["接收以下服务消息", "receive these messages"], form,
    make("button", { type: "button", class: "primary", onclick: () => answer("accept") }, ...both("允许", "Allow")),
    make("button", { type: "button", onclick: () => answer("reject") }, ...both("拒绝", "Reject")),
    make("button", { type: "button", onclick: () => lower() }, ...both("返回", "Back")));
}

function askService(phone) {
  const field = make("input", { name: "text", autocomplete: "off", "aria-label": "留言 Message", placeholder: "留空只进入会话 empty: only enter" });
  const enter = async () => {
    const done = await control(`/phones/${phone.dataset.phone}/enter-session`, { text: field.value });
    lower();
    if (done) openTab(phone, "chat");
  };
  const lower = raiseSheet(phone, ["小程序客服", "Customer service"], field,
    make("button", { type: "button", class: "primary", onclick: enter }, ...both("进入", "Enter")),
    make("button", { type: "button", onclick: () => lower() }, ...both("返回", "Back")));
}

// What the popup gave the mini-program, e.g. the code of the phone number.
function tellResult(phone, done) {
  if (!done) return;
  const place = phone.querySelector("[data-result]");
  place.hidden = false;
  place.textContent = Object.entries(done).filter(([, value]) => typeof value !== "object").map(([name, value]) => `${name}: ${value}`).join("\n");
}

async function showPaymentCode(phone) {
  const found = await control(`/phones/${phone.dataset.phone}/payment-code`, {});
  if (!found) return;
  const lower = raiseSheet(phone, ["付款码", "Payment code"], make("p", { class: "sum", "data-auth-code": found.auth_code }, found.auth_code.replace(/(.{4})/g, "$1 ")),
    make("p", {}, ...both("向收银员出示", "show it to the cashier")),
    make("button", { type: "button", onclick: () => lower() }, ...both("关闭", "Close")));
}

// The official account's login page, as the person or as a snapshot visitor.
function openWebLogin(phone, form) {
  const target = new URL(form.elements.path.value, document.body.dataset.product || location.href);
  const query = new URLSearchParams({
    appid: document.body.dataset.app, redirect_uri: target.href, response_type: "code",
    scope: form.elements.scope.value, state: "sandbox", phone: phone.dataset.phone,
  });
  if (form.elements.snapshot.value) query.set("snapshot", form.elements.snapshot.value);
  window.open("/connect/oauth2/authorize?" + query, "_blank", "noopener");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const phone = button?.closest(".phone");
  if (!phone) return;
  if (button.dataset.ask) ask(phone, button.dataset.ask, button);
  else if (button.hasAttribute("data-payment-code")) showPaymentCode(phone);
  else if (button.hasAttribute("data-tray")) {
    const tray = phone.querySelector(".tray");
    tray.hidden = !tray.hidden;
    button.setAttribute("aria-expanded", String(!tray.hidden));
  }
});

document.addEventListener("submit", (event) => {
  const phone = event.target.closest(".phone");
  if (!phone) return;
  const form = event.target;
  if (form.hasAttribute("data-web-login")) {
    event.preventDefault();
    openWebLogin(phone, form);
  } else if (form.hasAttribute("data-real-name")) {
    event.preventDefault();
    const wish = { real_name: form.elements.real_name.value };
    control(`/phones/${phone.dataset.phone}/real-name`, wish).then((done) => done && toast("已保存 Saved"));
  }
});
