// Buying a top-up plan: signs in with the visitor's own session, shows what the API says, pays.
"use strict";
const page = document.getElementById("buy");
const byId = (name) => document.getElementById(name);
const FIELDS = ["name", "phone", "id_number"];
const state = { token: null, home: null, key: null, wish: "", started: null, realNameVersion: "" };
const LOOK_AGAIN_MILLISECONDS = 1500, MOST_LOOKS = 40;

async function ask(method, path, body, headers = {}) {
  const given = { "Content-Type": "application/json", ...headers };
  if (state.token) given.Authorization = `Bearer ${state.token}`;
  const answer = await fetch(`/api/v1${path}`, {
    method, headers: given, credentials: "same-origin", body: body && JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.message || "请稍后再试 Try again later"), told, { status: answer.status });
  return told;
}

const yuan = (fen) => `¥${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;
const said = (refusal) => `${refusal.message}${refusal.title ? ` ${refusal.title}` : ""}`;

function tell(name, text, kind = "") {
  const place = byId(name);
  place.textContent = text;
  place.dataset.kind = kind;
  place.hidden = !text;
}

function chosen() {
  const radio = document.querySelector("input[name=tier]:checked");
  if (!radio) return null;
  if (radio.id !== "other") return { fen: Number(radio.value), plan: radio.dataset.plan };
  const found = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(byId("amount").value.trim());
  if (!found) return null;
  return { fen: Number(found[1]) * 100 + Number((found[2] || "0").padEnd(2, "0")), plan: null };
}

function refresh() {
  const wish = chosen();
  const isElsewhere = state.home && state.home !== page.dataset.store;
  const isAgreed = byId("agree").checked && (state.home || byId("once-agree").checked);
  byId("pay").disabled = !(state.token && wish && isAgreed && !isElsewhere);
  byId("pay").textContent = wish ? `微信支付 ${yuan(wish.fen)} Pay with WeChat` : "微信支付 Pay with WeChat";
}

async function signIn() {
  state.token = sessionStorage.getItem("token");
  if (!state.token) {
    try {
      state.token = (await ask("POST", "/oauth/session")).token;
      sessionStorage.setItem("token", state.token);
    } catch (refusal) {
      return refusal.code === "snapshot_visitor" ? tell("outcome", said(refusal), "bad") : undefined;
    }
  }
  try {
    await showHome();
  } catch (refusal) {
    sessionStorage.removeItem("token");
    state.token = null;
    if (refusal.status !== 401) tell("outcome", said(refusal), "bad");
    return;
  }
  byId("outside").hidden = true;
  byId("inside").hidden = false;
  const consent = await ask("GET", "/real-name/consent");
  state.realNameVersion = consent.version;
  byId("real-name-text").textContent = consent.text;
}

async function showHome() {
  state.home = (await ask("GET", "/me/binding")).home_store_id;
  const terms = await ask("GET", "/me/membership-terms");
  byId("agree").checked = terms.is_consented;
  byId("once").hidden = Boolean(state.home);
  if (!state.home) return tell("home", "您还没有归属门店，首次充值的门店即为归属门店。 You have no home store yet; the first store you top up at becomes it.");
  if (state.home === page.dataset.store) return tell("home", "这是您的归属门店。 This is your home store.", "good");
  const store = await ask("GET", `/stores/${state.home}`);
  tell("home", `您的归属门店是「${store.name}」，请在那里充值。 Your home store is another one; top up there.`, "bad");
  const link = document.createElement("a");
  link.href = `/membership?store=${state.home}`;
  link.textContent = " 前往 Go there";
  byId("home").append(link);
}

function typed() {
  return Object.fromEntries(FIELDS.map((name) => [name, byId(name).value.trim()]).filter(([, value]) => value));
}

async function check() {
  for (const name of FIELDS) tell(`${name}-result`, "");
  tell("give-result", "");
  if (!Object.keys(typed()).length) return tell("give-result", "请先填写要核对的内容。 Type something first.", "bad");
  const { fields } = await ask("POST", "/me/registration-check", typed());
  for (const each of fields) {
    const onRecord = each.on_record ? `（${each.on_record}）` : "";
    const kind = { same: "good", new: "" }[each.result] ?? "bad";
    tell(`${each.field}-result`, `${each.message}${onRecord} ${each.title}`, kind);
  }
  byId("give").hidden = !(fields.length === FIELDS.length && fields.every((each) => each.result === "new"));
}

async function give() {
  const consent = { consent_version: state.realNameVersion, consent_door: "official_account" };
  await ask("POST", "/real-name", { ...typed(), ...consent });
  byId("give").hidden = true;
  await check();
  tell("give-result", "实名已登记。 Your real name is on record.", "good");
}

/** What is paid next is another top-up. */
function forget() {
  [state.wish, state.key, state.started] = ["", null, null];
}

async function pay() {
  const wish = chosen();
  const amounts = [Number(page.dataset.minimum), Number(page.dataset.maximum)];
  if (wish.fen < amounts[0] || wish.fen > amounts[1]) {
    return tell("outcome", `金额须在 ${yuan(amounts[0])} 与 ${yuan(amounts[1])} 之间。 The amount is out of range.`, "bad");
  }
  byId("pay").disabled = true;
  tell("outcome", "");
  await ask("PUT", "/me/membership-terms", { version: page.dataset.version, door: "web_page" });
  const isInside = /MicroMessenger/i.test(navigator.userAgent);
  const body = { store_id: page.dataset.store, amount_fen: wish.fen, app: "official_account", trade_type: isInside ? "JSAPI" : "H5" };
  if (wish.plan) body.plan_id = wish.plan;
  if (!isInside) body.return_to = `/membership?store=${page.dataset.store}`;
  if (state.wish === JSON.stringify(body) && state.started) {
    const { status } = await ask("GET", `/top-ups/${state.started}`);
    if (status === "credited") return watch(state.started);
    if (status !== "waiting") forget();
  }
  if (state.wish !== JSON.stringify(body)) {
    [state.wish, state.key] = [JSON.stringify(body), crypto.randomUUID()];
  }
  const started = await ask("POST", "/top-ups", body, { "Idempotency-Key": state.key });
  state.started = started.id;
  if (!isInside) {
    location.href = started.wechat_pay_parameters.h5_url;
    return;
  }
  WeixinJSBridge.invoke("getBrandWCPayRequest", started.wechat_pay_parameters, () => watch(started.id));
}

// What the bridge says is no proof: only the stored top-up is (WeChat fact D5).
async function watch(topUpId) {
  tell("outcome", "正在确认支付结果… Confirming the payment…");
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const found = await ask("GET", `/top-ups/${topUpId}`);
    if (found.status === "credited") {
      forget();
      await showHome();
      return tell("outcome", `充值成功：${yuan(found.amount_fen)}${found.bonus_fen ? `，赠送 ${yuan(found.bonus_fen)}` : ""}。 Topped up.`, "good");
    }
    if (found.status !== "waiting") {
      forget();
      return tell("outcome", "这笔充值没有完成，款项如已支付将由客服处理。 Not completed.", "bad");
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS));
  }
  return tell("outcome", "还没有收到支付结果，可再次点击支付继续。 Not paid yet; pay again to go on.", "bad");
}

const trying = (work, place = "outcome") => async () => {
  try {
    await work();
  } catch (refusal) {
    tell(place, said(refusal), "bad");
  }
  refresh();
};

byId("check").addEventListener("click", trying(check, "give-result"));
byId("give").addEventListener("click", trying(give, "give-result"));
byId("pay").addEventListener("click", trying(pay));
byId("amount").addEventListener("focus", () => { byId("other").checked = true; refresh(); });
page.addEventListener("input", refresh);
trying(signIn)();
