// The till: a keypad, and a camera that reads codes. Everything can be typed instead.
"use strict";
(() => {
  const LOOK_MILLISECONDS = 120;
  const WIDEST = 720;
  const CODE = /^\s*(\d[\d\s]{10,30}\d)\s*$/;
  const dialog = document.getElementById("camera");
  if (!dialog) return;
  const video = dialog.querySelector("video");
  const told = dialog.querySelector("[role=status]");
  const asking = told.textContent;
  let stream = null;
  let form = null;

  document.querySelectorAll("[data-till]").forEach((till) => {
    const amount = till.querySelector("[name=amount_fen]");
    till.querySelectorAll("[data-key]").forEach((button) => button.addEventListener("click", () => {
      const key = button.dataset.key;
      const typed = amount.value;
      if (key === "⌫") amount.value = typed.slice(0, -1);
      else if (key === "." ? !typed.includes(".") : !/\.\d\d$/.test(typed)) amount.value = (key === "." && !typed ? "0" : typed) + key;
    }));
    if (window.matchMedia("(pointer: fine)").matches && !document.querySelector("[data-focus]")) amount.focus();
    // The code is needed by what takes it, not by what shows our own.
    till.querySelector("[name=code]").addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); till.requestSubmit(till.querySelector("button.primary:not([type=button])")); }
    });
  });

  // A detector of the browser's where there is one, else our own; both give the text or null.
  async function detector() {
    if ("BarcodeDetector" in window) {
      const known = await window.BarcodeDetector.getSupportedFormats();
      const formats = ["qr_code", "code_128"].filter((each) => known.includes(each));
      if (formats.includes("qr_code")) {
        const found = new window.BarcodeDetector({ formats });
        return async (canvas) => (await found.detect(canvas))[0]?.rawValue ?? null;
      }
    }
    if (!window.jsQR) await new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = dialog.dataset.decoder;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return async (canvas) => {
      const picture = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return window.jsQR(picture.data, picture.width, picture.height, { inversionAttempts: "dontInvert" })?.data ?? null;
    };
  }

  function stop() {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    if (dialog.open) dialog.close();
  }

  function taken(text) {
    const found = CODE.exec(text);
    if (!found) { told.textContent = dialog.dataset.unfit; return false; }
    form.querySelector("[name=code]").value = found[1].replace(/\s/g, "");
    if (navigator.vibrate) navigator.vibrate(80);
    stop();
    form.requestSubmit(form.querySelector("button:not([type=button]):not([formaction])"));
    return true;
  }

  async function look(detect) {
    const canvas = document.createElement("canvas");
    while (stream) {
      if (video.videoWidth) {
        const scale = Math.min(1, WIDEST / video.videoWidth);
        canvas.width = Math.round(video.videoWidth * scale);
        canvas.height = Math.round(video.videoHeight * scale);
        canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
        const text = await detect(canvas);
        if (text && stream && taken(text)) return;
      }
      await new Promise((resolve) => { setTimeout(resolve, LOOK_MILLISECONDS); });
    }
  }

  async function start(button) {
    form = button.closest("form");
    const amount = form.querySelector("[name=amount_fen]");
    if (amount && !amount.reportValidity()) return;
    told.textContent = asking;
    dialog.showModal();
    if (!navigator.mediaDevices) { told.textContent = dialog.dataset.missing; return; }
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      if (!dialog.open) { opened.getTracks().forEach((track) => track.stop()); return; }
      stream = opened;
      video.srcObject = stream;
      await video.play();
      await look(await detector());
    } catch {
      if (dialog.open) told.textContent = dialog.dataset.denied;
    }
  }

  document.querySelectorAll("[data-scan]").forEach((button) => button.addEventListener("click", () => start(button)));
  dialog.querySelector("[data-scan-stop]").addEventListener("click", stop);
  dialog.addEventListener("close", stop);
})();
