// Calls to the sandbox, and the short notes at the foot of the page.
"use strict";

function toast(text, bad) {
  const note = document.createElement("div");
  note.className = bad ? "toast bad" : "toast";
  note.textContent = text;
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), bad ? 6000 : 2800);
}

// Calls /__ctl; returns the JSON, or null after telling the person what went wrong.
async function control(path, wish, method) {
  try {
    const form = wish instanceof FormData;
    const answer = await fetch("/__ctl" + path, {
      method: method || "POST",
      headers: form || wish === undefined ? {} : { "Content-Type": "application/json" },
      body: form ? wish : wish === undefined ? undefined : JSON.stringify(wish),
    });
    const body = await answer.json();
    if (!answer.ok) {
      toast(body.message || body.error || "出错了 Error " + answer.status, true);
      return null;
    }
    return body;
  } catch {
    toast("连不上模拟微信 The sandbox does not answer", true);
    return null;
  } finally {
    setTimeout(refresh, 30);
  }
}

function yuan(fen) {
  return (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

// Makes an element: make("p", {class: "x"}, "text", child …). Text is never read as HTML.
function make(name, fields, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(fields || {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Chinese first, English in the smaller text.
function both(chinese, english) {
  return [chinese + " ", make("small", {}, english)];
}

let version = document.body.dataset.version;
let offset = Number(document.body.dataset.offset) * 1000;
let refreshing = false;

async function refresh() {
  if (refreshing) return;
  refreshing = true;
  try {
    const answer = await fetch("/page/changes?version=" + encodeURIComponent(version));
    if (answer.status === 200) show(await answer.json());
  } catch {
    // The sandbox is being restarted; the next round will find it.
  } finally {
    refreshing = false;
  }
}

async function show(changes) {
  version = String(changes.version);
  offset = changes.offset_seconds * 1000;
  for (const [name, html] of Object.entries(changes.parts)) {
    for (const part of document.querySelectorAll(`[data-part="${CSS.escape(name)}"]`)) replace(part, html);
  }
  await arrange(changes.phones);
}

function replace(part, html) {
  if (part.lastHtml === html) return;
  const first = part.lastHtml === undefined && part.innerHTML.trim() === html.trim();
  part.lastHtml = html;
  if (first) return;
  part.innerHTML = html;
  if (part.classList.contains("lines")) part.scrollTop = part.scrollHeight;
}

async function arrange(ids) {
  for (const phone of document.querySelectorAll(".phone")) {
    if (!ids.includes(phone.dataset.phone)) phone.remove();
  }
  const empty = document.getElementById("no-phone");
  for (const id of ids) {
    if (document.querySelector(`[data-phone="${CSS.escape(id)}"]`)) continue;
    const html = await (await fetch("/page/phones/" + id)).text();
    empty.insertAdjacentHTML("beforebegin", html);
    wake(empty.previousElementSibling);
  }
}

function tick() {
  const now = new Date(Date.now() + offset);
  const zone = { timeZone: "Asia/Shanghai", hour12: false };
  const short = now.toLocaleTimeString("zh-CN", { ...zone, hour: "2-digit", minute: "2-digit" });
  for (const place of document.querySelectorAll("[data-now]")) place.textContent = short;
  const long = now.toLocaleString("zh-CN", { ...zone, dateStyle: "medium", timeStyle: "medium" });
  for (const place of document.querySelectorAll("[data-now-long]")) place.textContent = long;
}

setInterval(tick, 1000);
setInterval(() => document.hidden || refresh(), 1500);
tick();
