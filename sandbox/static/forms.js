// Forms drawn from what an API says of itself: faults from their catalogue, settings from their values.
"use strict";

// One field for a parameter: {name, zh, en, default, choices?}.
function parameterField(parameter) {
  const label = make("label", {}, make("span", {}, ...both(parameter.zh, parameter.en)));
  const isNumber = typeof parameter.default === "number" || parameter.default === null;
  const list = parameter.choices?.length ? `choices-${parameter.name}-${parameterField.count++}` : undefined;
  label.append(make("input", {
    name: parameter.name, type: isNumber && !list ? "number" : "text", step: "any",
    value: parameter.default ?? "", list, autocomplete: "off",
  }));
  if (list) label.append(make("datalist", { id: list }, ...parameter.choices.map((choice) => make("option", { value: choice }))));
  return label;
}
parameterField.count = 0;

// The value of such a field as JSON, or undefined where it says nothing.
function parameterValue(form, parameter) {
  const text = form.elements[parameter.name].value.trim();
  if (text === "") return undefined;
  return typeof parameter.default === "string" ? text : Number(text);
}

async function drawFaultForm(place) {
  const found = await control("/faults", undefined, "GET");
  if (!found) return;
  const kinds = new Map(found.kinds.map((kind) => [kind.kind, kind]));
  const groups = Map.groupBy ? Map.groupBy(found.kinds, groupOf) : groupBy(found.kinds, groupOf);
  const select = make("select", { name: "kind" }, ...[...groups].map(([name, members]) =>
    make("optgroup", { label: name }, ...members.map((kind) => make("option", { value: kind.kind }, `${kind.zh} · ${kind.kind}`)))));
  const hint = make("p", { class: "none" });
  const own = make("div", { class: "own" });
  const show = () => {
    const kind = kinds.get(select.value);
    hint.textContent = `${kind.en} · ${kind.strikes.join(" ")}`;
    own.replaceChildren(...kind.parameters.map(parameterField));
    form.elements.match.placeholder = kind.example || kind.strikes[0];
  };
  const form = make("form", { class: "drawn", "data-drawn-fault": true },
    make("label", {}, make("span", {}, ...both("种类", "Kind")), select), hint, own,
    ...found.common.map(parameterField),
    make("button", { type: "submit", class: "primary" }, ...both("安排", "Arrange")));
  select.addEventListener("change", show);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wish = { kind: select.value };
    for (const parameter of [...kinds.get(select.value).parameters, ...found.common]) {
      const value = parameterValue(form, parameter);
      if (value !== undefined) wish[parameter.name] = value;
    }
    if (await control("/faults", wish)) toast("已安排 Arranged");
  });
  place.replaceChildren(form);
  show();
}

function groupOf(kind) {
  if (kind.strikes.some((strike) => strike.startsWith("api:"))) return "接口 API calls";
  if (kind.strikes.every((strike) => strike.startsWith("notify:"))) return "支付通知 Payment notices";
  return kind.strikes.some((strike) => strike.startsWith("push:")) ? "推送 Pushes" : "结果 Outcomes";
}

function groupBy(entries, name) {
  const groups = new Map();
  for (const entry of entries) groups.set(name(entry), [...(groups.get(name(entry)) || []), entry]);
  return groups;
}

// Settings as a form: switches, choices, numbers, and JSON for what has an inside.
const CHOICES_OF = { push_mode: ["safe", "compatible", "plain"], mini_push_format: ["json", "xml"] };
const NAMES = {
  push_mode: ["推送加密", "Push mode"], mini_push_format: ["小程序推送格式", "Mini-program pushes"],
  mini_pages: ["已发布页面", "Published pages"], trade_managed: ["发货信息管理", "Shipping duty"],
  order_visible_after_seconds: ["订单可查延迟（秒）", "Orders known after, s"], quotas: ["接口额度", "Quotas"],
  subscriptions: ["订阅模板", "Subscription templates"], phone_numbers_left: ["手机号剩余次数", "Phone numbers left"],
};

// A field for a setting; what an API says of it itself (`told`: {zh, en, choices}) comes first.
function settingField(name, value, told) {
  const words = told ? [told.zh, told.en] : NAMES[name] || [name, ""];
  const choices = told?.choices?.length ? told.choices : CHOICES_OF[name];
  const label = make("label", {}, make("span", {}, ...both(...words)));
  const kind = typeof value;
  if (kind === "boolean") label.append(make("input", { type: "checkbox", name, checked: value }));
  else if (choices) label.append(make("select", { name }, ...choices.map((choice) => make("option", { value: choice, selected: choice === value }, choice))));
  else if (kind === "object") label.append(make("textarea", { name, rows: 3, spellcheck: "false" }, JSON.stringify(value)));
  else label.append(make("input", { name, type: kind === "number" ? "number" : "text", step: "any", value }));
  if (kind === "boolean") label.classList.add("check");
  return label;
}

function settingValue(field, before) {
  if (field.type === "checkbox") return field.checked;
  if (typeof before === "object") return JSON.parse(field.value);
  return typeof before === "number" ? Number(field.value) : field.value;
}

async function drawSettings(place) {
  const found = await control(place.dataset.settings, undefined, "GET");
  if (!found) return;
  const before = found.terms || found;
  const told = new Map((found.catalogue || []).map((entry) => [entry.name, entry]));
  const form = make("form", { class: "drawn" },
    ...Object.entries(before).map(([name, value]) => settingField(name, value, told.get(name))),
    make("button", { type: "submit", class: "primary" }, ...both("保存", "Save")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wish = {};
    try {
      for (const [name, value] of Object.entries(before)) {
        const now = settingValue(form.elements[name], value);
        if (JSON.stringify(now) !== JSON.stringify(value)) wish[name] = now;
      }
    } catch {
      return toast("不是合法的 JSON · not JSON", true);
    }
    if (await control(place.dataset.settings, wish, "PUT")) {
      toast("已保存 Saved");
      drawSettings(place);
    }
  });
  place.replaceChildren(form);
}

for (const place of document.querySelectorAll("[data-fault-kinds]")) {
  place.closest("details").addEventListener("toggle", (event) => event.target.open && drawFaultForm(place));
}
for (const place of document.querySelectorAll("[data-settings]")) {
  place.closest("details").addEventListener("toggle", (event) => event.target.open && drawSettings(place));
}

// The last sharings, authorizations and combined orders, each line as the API tells it.
async function drawRecords(place) {
  const found = await control("/pay/records", undefined, "GET");
  if (!found) return;
  const kinds = Object.entries(found).filter(([, lines]) => lines.length);
  if (!kinds.length) return place.replaceChildren(make("p", { class: "none" }, ...both("还没有记录", "Nothing yet")));
  place.replaceChildren(...kinds.map(([name, lines]) => make("div", { class: "records" }, make("h4", {}, `${name} ${lines.length}`),
    ...lines.slice(0, 8).map((line) => make("code", {}, JSON.stringify(line))))));
}

async function showBill(form) {
  const place = document.querySelector("[data-bill-text]");
  const answer = await fetch(`/page/bills/${form.elements.kind.value}/${form.elements.day.value}`);
  const text = await answer.text();
  place.hidden = !answer.ok;
  if (answer.ok) place.textContent = text.replace(/^\ufeff/, "");
  else toast(JSON.parse(text).message, true);
}

for (const place of document.querySelectorAll("[data-records]")) {
  place.closest("details").addEventListener("toggle", (event) => event.target.open && drawRecords(place));
}
