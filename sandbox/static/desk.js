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
  if (form.hasAttribute("data-top-up")) {
    const fen = Math.round(Number(form.elements.yuan.value) * 100);
    tell(control("/books/top-up", { account: "OPERATION", amount_fen: fen }), "已充入 Funded ¥" + yuan(fen));
  } else {
    const wish = { kind: form.elements.kind.value, count: Number(form.elements.count.value), match: form.elements.match.value };
    tell(control("/faults", wish), "已安排 Arranged");
  }
});
