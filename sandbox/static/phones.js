// What a person does with a phone: tabs, writing, scanning, following, confirming.
"use strict";

function wake(phone) {
  openTab(phone, "chat");
  for (const part of phone.querySelectorAll("[data-part]")) part.lastHtml = undefined;
  const lines = phone.querySelector(".lines");
  lines.scrollTop = lines.scrollHeight;
  startMiniProgram(phone);
  tick();
}

function openTab(phone, name) {
  for (const tab of phone.querySelectorAll(".tab")) tab.hidden = tab.dataset.tab !== name;
  for (const button of phone.querySelectorAll("[data-open]")) {
    button.setAttribute("aria-current", String(button.dataset.open === name));
  }
  const lines = phone.querySelector(".lines");
  if (name === "chat") lines.scrollTop = lines.scrollHeight;
}

async function scan(phone, wish) {
  const entry = phone.dataset.scanEntry;
  delete phone.dataset.scanEntry;
  if (entry && wish.content) return void tapEntry(phone, entry, wish.content);
  const found = await control(`/phones/${phone.dataset.phone}/scan`, wish);
  if (found) enter(phone, found);
}

// An entry of the menu; one that scans first asks for a code.
async function tapEntry(phone, name, content, kind) {
  if (kind?.startsWith("scancode")) {
    phone.dataset.scanEntry = name;
    return openTab(phone, "scan");
  }
  const found = await control(`/phones/${phone.dataset.phone}/menu-entry`, { name, content });
  if (found) enter(phone, found);
}

// Goes where a scan, a link or an entry leads.
function enter(phone, found) {
  if (found.kind === "payment") {
    openPaySheet(phone, { code_url: found.code_url }, found.order.total_fen, found.order.description);
  } else if (found.kind === "mini_program") {
    openTab(phone, "mini");
    enterMiniProgram(phone, found.scene, found.code);
  } else if (found.kind === "link") {
    window.open(found.content, "_blank", "noopener");
  } else if (found.kind === "text") {
    toast("码里写着 It says: " + found.content);
  } else {
    openTab(phone, "chat");
  }
}

async function act(phone, button) {
  button.disabled = true;
  const wish = button.dataset.wish ? JSON.parse(button.dataset.wish) : {};
  const done = await control(`/phones/${phone.dataset.phone}/${button.dataset.act}`, wish);
  button.disabled = false;
  if (done && ["follow", "unfollow", "follow-after-paying"].includes(button.dataset.act)) openTab(phone, "chat");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.hasAttribute("data-new-phone")) {
    await control("/phones", {});
    await refresh();
    document.querySelector(".phone:last-of-type")?.scrollIntoView({ behavior: "smooth", inline: "end", block: "nearest" });
    return;
  }
  const phone = button.closest(".phone");
  if (!phone) return;
  if (button.dataset.open) openTab(phone, button.dataset.open);
  else if (button.dataset.code) scan(phone, { content: button.dataset.code });
  else if (button.dataset.entry) tapEntry(phone, button.dataset.entry, undefined, button.dataset.kind);
  else if (button.dataset.act) act(phone, button);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const phone = form.closest(".phone");
  if (!phone) return;
  event.preventDefault();
  if (form.hasAttribute("data-write")) {
    const field = form.elements.content;
    if (field.value.trim() && (await control(`/phones/${phone.dataset.phone}/text`, { content: field.value }))) field.value = "";
  } else if (form.hasAttribute("data-scan")) {
    scan(phone, { content: form.elements.content.value });
  } else if (form.hasAttribute("data-raw-pay")) {
    const sheet = readSheet(form.elements.sheet.value);
    if (sheet) openPaySheet(phone, sheet);
    else toast("既不是 JSON 也不是 code_url · neither JSON nor a code_url", true);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.hasAttribute("data-send-picture") && event.target.files.length) {
    const picture = new FormData();
    picture.append("image", event.target.files[0]);
    control(`/phones/${event.target.closest(".phone").dataset.phone}/image`, picture);
    event.target.value = "";
    return;
  }
  if (!event.target.hasAttribute("data-picture") || !event.target.files.length) return;
  const form = new FormData();
  form.append("image", event.target.files[0]);
  scan(event.target.closest(".phone"), form);
  event.target.value = "";
});

for (const phone of document.querySelectorAll(".phone")) wake(phone);
