// What the consoles' pages do beyond plain forms and links; all of them work without it.
"use strict";
const SLOW_MILLISECONDS = 700;
const all = (selector, place = document) => [...place.querySelectorAll(selector)];
let slow = null;

function tellSlow(isOver) {
  clearTimeout(slow);
  const place = document.querySelector("[data-slow]");
  if (!place) return;
  if (isOver) place.textContent = "";
  else slow = setTimeout(() => { place.textContent = place.dataset.text; }, SLOW_MILLISECONDS);
}

// A question before what cannot be taken back lightly. Resolves to whether it was meant.
function ask(text) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("p").textContent = text;
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.querySelector("button[value=no]").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.dataset.sure && !form.dataset.meant && event.submitter?.name !== "find") {
    event.preventDefault();
    const button = event.submitter;
    if (!(await ask(form.dataset.sure))) return;
    form.dataset.meant = "yes";
    form.requestSubmit(button);
    return;
  }
  delete form.dataset.meant;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") form.dataset.sent = "yes";
  tellSlow(false);
});
// Back from the browser's memory: a page as it was, and its forms are to be used again.
window.addEventListener("pageshow", () => {
  all("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  tellSlow(true);
});

document.addEventListener("click", (event) => {
  all("details[data-closes][open]").forEach((each) => { if (!each.contains(event.target)) each.open = false; });
  const download = event.target.closest("a[download]");
  if (!download && event.target.closest("a[href]:not([target])") && !event.ctrlKey && !event.metaKey) tellSlow(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing && event.target.matches("input[data-finds]")) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.closest(".field").querySelector("button[name=find]"));
    return;
  }
  if (event.key !== "Escape") return;
  all("details[data-closes][open]").forEach((each) => { each.open = false; each.querySelector("summary").focus(); });
});

// Parts that come when they are in sight: fetching, failing and asking again are said where they will stand.
const tellFailed = (place, text) => {
  const [said, again] = [place.querySelector(".failed"), place.querySelector("[data-again]")];
  if (said) said.textContent = text;
  if (again) again.hidden = !text;
};
// What has the focus is about to go: whoever reads there by keyboard goes on there.
const keepFocus = (event) => {
  if (event.target.matches("[data-later]") && event.target.contains(document.activeElement)) event.target.focus();
};
document.addEventListener("htmx:beforeSwap", keepFocus);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("[data-later]")) return;
  keepFocus(event);
  event.target.setAttribute("aria-busy", "true");
  tellFailed(event.target, "");
  tellSlow(false);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.matches("[data-later]")) return;
  event.target.removeAttribute("aria-busy");
  if (!document.querySelector("[data-later][aria-busy]")) tellSlow(true);
  if (!event.detail.successful) tellFailed(event.target, event.target.dataset.failed);
});
document.addEventListener("click", (event) => {
  const again = event.target.closest("[data-again]");
  if (again) window.htmx.trigger(again.closest("[data-later]"), "again");
});

function prepare(place) {
  all(".scroll", place).forEach((box) => {
    const titles = all("thead th", box).map((cell) => cell.textContent);
    all("tbody tr", box).forEach((row) => all("td:not([colspan])", row).forEach((cell, index) => {
      cell.dataset.title = titles[index] || "";
    }));
    box.classList.add("stacked");
  });
  all("[data-filters]", place).forEach((form) => {
    form.addEventListener("change", (event) => { if (event.target.matches("select")) form.requestSubmit(); });
  });
  all("[data-print]", place).forEach((button) => button.addEventListener("click", () => window.print()));
  const first = place.querySelector("[data-focus]");
  if (first) first.focus();
}

const wide = window.matchMedia("(min-width: 64rem)");
const openMenu = () => all("[data-menu]").forEach((menu) => { menu.open = wide.matches; });
wide.addEventListener("change", openMenu);
openMenu();
document.body.classList.add("ready");
prepare(document);
document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
