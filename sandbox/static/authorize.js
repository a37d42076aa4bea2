// Shown on a phone, WeChat knows whose it is: the frame bears the phone's name.
"use strict";
const mine = document.querySelector(`form[data-phone="${CSS.escape(window.name)}"]`);
if (window.name && mine) {
  document.body.classList.add("on-a-phone");
  for (const form of document.querySelectorAll("form[data-phone]")) form.hidden = form !== mine;
  for (const button of mine.querySelectorAll("[name=snapshot]")) button.hidden = true;
  if (document.body.dataset.scope === "snsapi_base") mine.requestSubmit(mine.querySelector(".primary"));
}
