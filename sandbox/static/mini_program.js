// The mini-program on each phone: acts for the person through the product's public API only.
"use strict";

const PURSES = {
  prepaid_principal: ["储值本金", "Prepaid"],
  prepaid_bonus: ["赠送金", "Bonus"],
  experience: ["体验金", "Experience"],
  rebate: ["返利", "Rebate"],
  rebate_pending: ["待解冻返利", "Pending rebate"],
  withdrawing: ["提现中", "Withdrawing"],
  payment_hold: ["支付占用", "On hold"],
  clawback_due: ["待扣回", "Owed back"],
};
// What a payment may be made from, as POST /payments names it, and the purses behind each.
const CHOICES = {
  experience: ["体验金", "Experience", ["experience"]],
  prepaid: ["储值", "Prepaid", ["prepaid_principal", "prepaid_bonus"]],
  rebate: ["返利", "Rebate", ["rebate"]],
  wechat: ["微信支付", "WeChat Pay", []],
};
const STATES = {
  awaiting: "等待微信付款 awaiting payment", paid: "已完成 done", cancelled: "已取消 cancelled",
  expired: "已过期 expired", refunded: "已退款 refunded", waiting: "等待付款 awaiting payment",
  credited: "已到账 credited", held: "处理中 in progress", reviewing: "审核中 under review",
  approved: "已通过 approved", sending: "转账中 being sent", waiting_confirmation: "等您确认收款 confirm it",
  returned: "已退回 returned", rejected: "未通过 rejected",
};
const SPENDABLE = ["prepaid_principal", "prepaid_bonus", "experience", "rebate"];
const DOORS = [
  ["top-up", "＋", "充值", "Top up"],
  ["pay", "￥", "付款", "Pay"],
  ["invite", "♡", "邀请", "Invite"],
  ["withdraw", "↗", "提现", "Withdraw"],
];
const minis = new Map();

function startMiniProgram(phone) {
  const id = phone.dataset.phone;
  const kept = JSON.parse(sessionStorage.getItem("mini-" + id) || "{}");
  minis.set(id, { phone, token: kept.token || "", home: kept.home || "", scene: "", door: "", wallet: null, stores: [], note: null });
  const mini = minis.get(id);
  draw(mini);
  if (mini.token) loadWallet(mini);
}

// Opened by scanning a code: the product learns the scene with the login.
function enterMiniProgram(phone, scene, code) {
  const mini = minis.get(phone.dataset.phone);
  mini.scene = scene;
  return logIn(mini, code);
}

// One call to /api/v1. Returns {ok, status, body}; problems are noted in the panel.
async function api(mini, method, path, wish, key) {
  const headers = { Accept: "application/json" };
  if (mini.token) headers.Authorization = "Bearer " + mini.token;
  if (wish) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  try {
    const answer = await fetch("/__ctl/product/api/v1" + path, { method, headers, body: wish && JSON.stringify(wish) });
    const body = await answer.json().catch(() => ({}));
    if (answer.status === 401 && mini.token) forget(mini);
    return { ok: answer.ok, status: answer.status, body };
  } catch {
    return { ok: false, status: 0, body: { message: "连不上产品 The product does not answer" } };
  }
}

function newKey() {
  return crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random().toString(36).slice(2);
}

function forget(mini) {
  mini.token = "";
  mini.wallet = null;
  sessionStorage.removeItem("mini-" + mini.phone.dataset.phone);
}

function complain(mini, answer) {
  const body = answer.body;
  const text = [body.message, body.detail].filter((part) => typeof part === "string").join(" · ");
  mini.note = { bad: true, text: text || `产品回答 ${answer.status} The product answered ${answer.status}` };
  draw(mini);
}

function praise(mini, text) {
  mini.note = { bad: false, text };
  draw(mini);
}

async function logIn(mini, code) {
  const id = mini.phone.dataset.phone;
  const scene = mini.scene;
  const given = code || (await control(`/phones/${id}/login`, scene ? { scene } : {}))?.code;
  if (!given) return;
  mini.token = "";
  const answer = await api(mini, "POST", "/sessions", scene ? { code: given, scene } : { code: given });
  if (!answer.ok) return complain(mini, answer);
  mini.token = answer.body.token;
  mini.home = answer.body.home_store_id || "";
  mini.scene = "";
  mini.note = answer.body.is_new ? { text: welcome(answer.body) } : null;
  sessionStorage.setItem("mini-" + id, JSON.stringify({ token: mini.token, home: mini.home }));
  await loadWallet(mini);
}

function welcome(session) {
  const gift = session.experience_fen ? `，体验金 ${yuan(session.experience_fen)} 元` : "";
  const home = session.home_store_name ? `，归属 ${session.home_store_name}` : "";
  return `您已成为会员${home}${gift}。You are a member now.`;
}

async function loadWallet(mini) {
  const answer = await api(mini, "GET", "/me/wallet");
  if (!answer.ok) return mini.token ? complain(mini, answer) : draw(mini);
  mini.wallet = readPurses(answer.body);
  draw(mini);
}

// {purse: fen}, whether the product lists its purses or names them.
function readPurses(body) {
  const purses = body.purses || body;
  const entries = Array.isArray(purses)
    ? purses.map((entry) => [entry.purse || entry.name || entry.account, entry.balance_fen])
    : Object.entries(purses).map(([name, entry]) => [name, entry?.balance_fen ?? (Number.isInteger(entry) ? entry : undefined)]);
  const found = Object.fromEntries(entries);
  const known = Object.keys(PURSES).filter((name) => Number.isInteger(found[name]));
  return Object.fromEntries(known.map((name) => [name, found[name]]));
}

async function loadStores(mini) {
  if (mini.stores.length) return;
  const answer = await api(mini, "GET", "/stores");
  mini.stores = answer.ok ? answer.body.stores || [] : [];
}

async function openDoor(mini, door) {
  mini.door = mini.door === door ? "" : door;
  mini.note = null;
  mini.found = null;
  mini.waiting = null;
  if (["top-up", "pay"].includes(mini.door)) await loadStores(mini);
  const found = { invite: "/me/invite-code", statement: "/me/statement" }[mini.door];
  if (found) {
    const answer = await api(mini, "GET", found);
    if (!answer.ok) return complain(mini, answer);
    mini.found = answer.body;
    if (mini.door === "invite") nameCode(mini);
  }
  draw(mini);
}

// So that the other phones find this code by its owner's name.
function nameCode(mini) {
  const name = mini.phone.querySelector(".bar strong").textContent;
  if (mini.found.scene) control("/labels", { labels: { [mini.found.scene]: name + "的邀请码" } }, "PUT");
}

async function topUp(mini, fen, storeId) {
  const answer = await api(mini, "POST", "/top-ups", { amount_fen: fen, store_id: storeId }, newKey());
  if (!answer.ok) return complain(mini, answer);
  keepHome(mini, mini.home || storeId);
  const went = await payAtWeChat(mini, answer.body, fen, "会员充值");
  if (!went) return praise(mini, "还没有付款 Not paid yet");
  await settle("/top-ups/" + answer.body.id, mini, ["waiting"], (found) => praise(mini, `充值 ${yuan(fen)} 元：${STATES[found.status] || found.status}`));
  await loadWallet(mini);
}

async function payStore(mini, fen, storeId, purses) {
  const answer = await api(mini, "POST", "/payments", { store_id: storeId, amount_fen: fen, purses }, newKey());
  if (!answer.ok) return complain(mini, answer);
  const { id, parts } = answer.body;
  const went = await payAtWeChat(mini, answer.body, parts?.wechat_fen, "门店付款");
  if (went === null) {
    await api(mini, "POST", `/payments/${id}/cancel`, undefined, newKey());
    praise(mini, "已取消，占用的余额退回 Cancelled; what was held is back");
  } else {
    await settle("/payments/" + id, mini, ["awaiting"], (found) => praise(mini, `付款 ${yuan(fen)} 元：${STATES[found.status] || found.status}`));
  }
  await loadWallet(mini);
}

async function withdraw(mini, fen) {
  const answer = await api(mini, "POST", "/withdrawals", { amount_fen: fen }, newKey());
  if (!answer.ok) return complain(mini, answer);
  await followWithdrawal(mini, answer.body.id, fen);
}

async function followWithdrawal(mini, id, fen) {
  await settle("/withdrawals/" + id, mini, ["held", "approved", "sending"], (found) => {
    mini.waiting = found.confirmation ? { id, fen, package: found.confirmation.package } : null;
    praise(mini, `提现 ${yuan(fen)} 元：${STATES[found.status] || found.status}${found.reason ? " · " + found.reason : ""}`);
  });
  await loadWallet(mini);
}

// wx.requestMerchantTransfer: WeChat asks the person to accept the money.
async function acceptTransfer(mini) {
  const { id, fen } = mini.waiting;
  const done = await control(`/phones/${mini.phone.dataset.phone}/confirm-transfer`, { package_info: mini.waiting.package });
  if (!done) return;
  mini.waiting = null;
  await settle("/withdrawals/" + id, mini, ["waiting_confirmation"], (found) => praise(mini, `提现 ${yuan(fen)} 元：${STATES[found.status] || found.status}`));
  await loadWallet(mini);
}

function keepHome(mini, home) {
  mini.home = home;
  sessionStorage.setItem("mini-" + mini.phone.dataset.phone, JSON.stringify({ token: mini.token, home }));
}

// Raises the pay sheet if the product wants WeChat's part; null if the person did not pay.
async function payAtWeChat(mini, body, fen, title) {
  const parameters = body.wechat_pay_parameters;
  if (!parameters) return undefined;
  return openPaySheet(mini.phone, parameters, fen, title);
}

// The product learns of WeChat's part by a notification: look until the state is past these.
async function settle(path, mini, passing, tell) {
  for (const wait of [150, 400, 800, 1500, 2500]) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const now = await api(mini, "GET", path);
    if (now.ok) tell(now.body);
    if (now.ok && !passing.includes(now.body.status)) return;
  }
}

function draw(mini) {
  const place = mini.phone.querySelector("[data-mini]");
  if (!mini.token) return place.replaceChildren(...drawHello(mini));
  const note = mini.note && make("p", { class: mini.note.bad ? "trouble" : "fine", role: "status" }, mini.note.text);
  place.replaceChildren(
    ...[drawWallet(mini), drawDoors(mini), note, drawPane(mini), drawFoot(mini)].filter(Boolean),
  );
}

function drawHello(mini) {
  const known = document.body.dataset.product;
  const scene = mini.scene ? make("p", { class: "fine" }, ...both("扫码进入 " + mini.scene, "opened by a code")) : null;
  const note = mini.note ? make("p", { class: "trouble" }, mini.note.text) : null;
  return [
    make("div", { class: "hello" },
      make("div", { class: "logo", "aria-hidden": "true" }, "惠"),
      make("h3", {}, ...both("联惠小程序", "Lianhui mini-program")),
      make("p", {}, "微信登录后看余额、充值、付款、邀请好友。", make("br"), make("small", {}, "Log in to see your wallet, top up, pay and invite.")),
      make("button", { type: "button", class: "primary", disabled: !known, onclick: () => logIn(mini) }, ...both("微信登录", "Log in with WeChat")),
      known ? null : make("p", { class: "trouble" }, "没有设置产品地址 SANDBOX_PRODUCT_URL"),
    ),
    scene, note,
  ].filter(Boolean);
}

function drawWallet(mini) {
  const purses = Object.entries(mini.wallet || {});
  const total = purses.filter(([name]) => SPENDABLE.includes(name)).reduce((sum, [, fen]) => sum + fen, 0);
  const shown = purses.filter(([name, fen]) => SPENDABLE.includes(name) || fen !== 0);
  return make("div", { class: "wallet" },
    make("p", {}, ...both("可用余额", "You can spend")),
    make("p", { class: "total" }, mini.wallet ? "¥" + yuan(total) : "¥ …"),
    make("dl", {}, ...shown.map(([name, fen]) =>
      make("div", {}, make("dt", {}, ...both(...PURSES[name])), make("dd", {}, "¥" + yuan(fen))))),
  );
}

function drawDoors(mini) {
  return make("div", { class: "doors" }, ...DOORS.map(([door, sign, chinese, english]) =>
    make("button", { type: "button", "aria-pressed": String(mini.door === door), onclick: () => openDoor(mini, door) },
      make("span", { "aria-hidden": "true" }, sign), chinese, make("small", {}, english))));
}

function drawPane(mini) {
  if (mini.door === "top-up") return drawTopUp(mini);
  if (mini.door === "pay") return drawPay(mini);
  if (mini.door === "invite" && mini.found) return drawInvite(mini);
  if (mini.door === "withdraw") return drawWithdraw(mini);
  if (mini.door === "statement" && mini.found) return drawStatement(mini.found.lines || []);
  return null;
}

function drawFoot(mini) {
  return make("div", { class: "row wrap" },
    make("button", { type: "button", onclick: () => openDoor(mini, "statement") }, ...both("明细", "Statement")),
    make("button", { type: "button", onclick: () => loadWallet(mini) }, ...both("刷新", "Refresh")),
    make("button", { type: "button", onclick: () => { forget(mini); mini.note = null; draw(mini); } }, ...both("退出", "Log out")));
}

// Where to pay: any store. Where to top up: the home store, or any while there is none.
function storeField(mini, atHome) {
  const label = make("label", {}, make("span", {}, ...both(atHome && mini.home ? "归属门店" : "门店", atHome && mini.home ? "Home store" : "Store")));
  const offered = mini.stores.filter((store) => !atHome || !mini.home || store.id === mini.home);
  const options = offered.map((store) => make("option", { value: store.id, selected: store.id === mini.home }, store.name));
  label.append(make("select", { name: "store", required: true }, ...options));
  if (!offered.length) label.append(make("small", {}, "还没有门店 No store yet"));
  return label;
}

function amountField(value, least) {
  return make("label", {}, make("span", {}, ...both("金额（元）", "Amount in yuan")),
    make("input", { name: "yuan", type: "number", min: least, step: "0.01", value, required: true, inputmode: "decimal" }));
}

// A form whose button rests while its work is under way.
function pane(work, button, ...fields) {
  const submit = make("button", { type: "submit", class: "primary" }, ...both(...button));
  return make("form", {
    class: "pane",
    onsubmit: async (event) => {
      event.preventDefault();
      const form = event.target;
      submit.disabled = true;
      await work(form, Math.round(Number(form.elements.yuan?.value || 0) * 100));
      submit.disabled = false;
    },
  }, ...fields, submit);
}

function drawTopUp(mini) {
  const choices = make("div", { class: "pick" }, ...[100, 300, 500].map((sum) =>
    make("button", { type: "button", onclick: (event) => { event.target.form.elements.yuan.value = sum; } }, sum + " 元")));
  return pane((form, fen) => topUp(mini, fen, form.elements.store.value), ["去充值", "Top up"],
    choices, amountField("100", "0.01"), storeField(mini, true));
}

function drawPay(mini) {
  const checks = Object.entries(CHOICES).map(([choice, [chinese, english, purses]]) => {
    const fen = purses.reduce((sum, name) => sum + (mini.wallet?.[name] || 0), 0);
    const text = purses.length ? `${chinese} ¥${yuan(fen)}` : chinese;
    return make("label", { class: "check" },
      make("input", { type: "checkbox", name: "purse", value: choice, checked: fen > 0 || !purses.length }),
      make("span", {}, ...both(text, english)));
  });
  return pane((form, fen) => {
    const purses = [...form.querySelectorAll("[name=purse]:checked")].map((box) => box.value);
    return payStore(mini, fen, form.elements.store.value, purses);
  }, ["付款", "Pay"], storeField(mini, false), amountField("10", "0.01"), ...checks,
  make("small", {}, "余额不足的部分用微信支付 · WeChat Pay covers the rest"));
}

function drawInvite(mini) {
  const found = mini.found;
  const scene = found.scene;
  const picture = scene ? `/__ctl/product/api/v1/codes/${encodeURIComponent(scene)}.png` : "";
  return make("div", { class: "pane" },
    picture ? make("img", { src: picture, alt: "邀请码 Invite code", width: 180, height: 180 }) : null,
    make("p", {}, ...both("请好友在另一台手机上扫这个码", "Let a friend scan it with another phone")),
    make("code", {}, String(scene || JSON.stringify(found))));
}

function drawStatement(lines) {
  if (!lines.length) return make("p", { class: "fine" }, "还没有记录 Nothing yet");
  return make("div", { class: "pane" }, make("ul", {}, ...lines.slice(0, 12).map((line) =>
    make("li", {},
      make("span", {}, ...both(line.title, line.purse_title)),
      make("strong", {}, (line.amount_fen > 0 ? "+" : "−") + yuan(Math.abs(line.amount_fen)))))));
}

function drawWithdraw(mini) {
  if (mini.waiting) {
    return make("div", { class: "pane" }, make("p", {}, ...both(`微信要转给您 ¥${yuan(mini.waiting.fen)}`, "WeChat has money for you")),
      make("button", { type: "button", class: "primary", onclick: () => acceptTransfer(mini) }, ...both("确认收款", "Accept")));
  }
  return pane((form, fen) => withdraw(mini, fen), ["申请提现", "Withdraw"], amountField("100", "0.01"),
    make("small", {}, "从返利提现到微信零钱 · From your rebate to your WeChat wallet"));
}
