// The control desk: clock, faults, pushes, books.
"use strict";

const OUTCOME = { true: "通过 OK", false: "未通过 Failed" };

async function tell(promise, text) {
  if (await promise) toast(text);
}

document.getElementById("desk").addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const data = button.dataset;
  if (data.advance) tell(control("/clock/advance", { seconds: Number(data.advance) }), "时间过去了 Time has passed");
  else if (data.fault) tell(control("/faults", JSON.parse(data.fault)), "已安排 Arranged");
  else if (data.lift !== undefined) control("/faults", undefined, "DELETE");
  else if (data.do) tell(control(data.do, {}), "已执行 Done");
  else if (data.keyMode) {
    await tell(control("/pay/keys", { mode: data.keyMode }, "PUT"), "已切换 Switched");
    showKeys();
  } else if (data.reset !== undefined) forgetEverything(button);
  else if (data.replay) tell(control("/push/replay", { id: data.replay }), "已重发 Sent again");
  else if (data.forge) {
    const sent = await control("/push/forge", { target: data.forge });
    const last = sent && sent.attempts[sent.attempts.length - 1];
    if (last) toast(`产品回答 The product answered ${last.status || last.error}`, last.status === 200);
  } else if (data.verify !== undefined) {
    const found = await control("/push/verify-url", {});
    if (found) toast("验证回调 Check address: " + OUTCOME[found.ok], !found.ok);
  }
});

document.getElementById("desk").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.hasAttribute("data-bill")) showBill(form);
  else if (form.hasAttribute("data-top-up")) {
    const fen = Math.round(Number(form.elements.yuan.value) * 100);
    tell(control("/books/top-up", { account: form.elements.account.value, amount_fen: fen }), "已充入 Funded ¥" + yuan(fen));
  }
});

// Asks twice: everything is gone afterwards.
async function forgetEverything(button) {
  if (button.dataset.reset !== "sure") {
    button.dataset.reset = "sure";
    button.replaceChildren(...both("再点一次，清空一切", "Once more to forget everything"));
    return;
  }
  if (await control("/reset", {})) location.reload();
}

async function showKeys() {
  const found = await control("/pay/keys", undefined, "GET");
  if (!found) return;
  for (const button of document.querySelectorAll("[data-key-mode]")) {
    button.setAttribute("aria-pressed", String(button.dataset.keyMode === found.mode));
  }
  const place = document.querySelector("[data-key-state]");
  const percent = found.mode === "switching" ? ` · 公钥 ${found.public_key_percent} % of notices by public key` : "";
  place.textContent = `现用 In force: ${found.mode}${percent}`;
}

showKeys();
