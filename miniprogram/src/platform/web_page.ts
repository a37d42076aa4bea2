import { opened } from "@/services/session";
import { recall, remember } from "@/services/storage";
import { bridge, configured, hasBridge } from "./bridge";
import type { Picture, PayOutcome, Platform } from "./contract";

const HOME = "/h5/";
const SAVING_MILLISECONDS = 60_000;
const LONGEST_SIDE = 2_000;
const QUALITY = 0.85;
const ALLOWED_SCENE = /^[A-Za-z0-9]{1,64}$/;

async function post(path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`/api/v1${path}`, { method: "POST", credentials: "same-origin" });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}

function outcomeOf(told: string): PayOutcome {
  if (/:ok$/.test(told)) return "ok";
  return /cancel/i.test(told) ? "cancelled" : "failed";
}

/** A photograph is larger than the product takes: drawn anew, no side longer than 2,000 pixels. */
async function smaller(file: File): Promise<Picture> {
  try {
    const drawn = await createImageBitmap(file);
    const part = Math.min(1, LONGEST_SIDE / Math.max(drawn.width, drawn.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(drawn.width * part), Math.round(drawn.height * part)];
    canvas.getContext("2d")!.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (blob) return { content: await blob.arrayBuffer(), type: blob.type };
  } catch {
    // No picture, or a browser that cannot draw it: the product looks at it itself.
  }
  return { content: await file.arrayBuffer(), type: file.type };
}

export const webPage: Platform = {
  app: "official_account",
  door: "web_page",

  /** WeChat just led back here, or nobody is signed in. */
  async arrive() {
    const { status, body } = await post("/oauth/session");
    const told = body as { code?: string } | null;
    if (status >= 400) remember("refused", told?.code ?? "network");
    return status >= 400 ? null : opened(status, body);
  },

  /** Leaves for WeChat's consent page: what comes after happens in `arrive`. */
  signIn(isSilent) {
    const scene = this.scene();
    const query = `return_to=${encodeURIComponent(HOME)}${isSilent ? "" : "&consent=true"}${scene ? `&scene=${scene}` : ""}`;
    window.location.assign(`/api/v1/oauth/start?${query}`);
    return new Promise(() => undefined);
  },

  here() {
    return window.location.hash.replace(/^#/, "") || "/pages/home/index";
  },

  isInsideWeChat() {
    return hasBridge();
  },

  async pay(parameters) {
    return outcomeOf(await bridge("getBrandWCPayRequest", parameters));
  },

  async confirmTransfer(confirmation) {
    await configured(["requestMerchantTransfer"]);
    return outcomeOf(await bridge("requestMerchantTransfer", confirmation as unknown as Record<string, string>));
  },

  async scan() {
    const wx = await configured(["scanQRCode"]);
    return new Promise((resolve) => {
      wx.scanQRCode({
        needResult: 1,
        scanType: ["qrCode"],
        success: (found) => resolve(found.resultStr),
        cancel: () => resolve(null),
        fail: () => resolve(null),
      });
    });
  },

  async place() {
    try {
      const wx = await configured(["getLocation"]);
      return await new Promise((resolve) => {
        wx.getLocation({
          type: "gcj02",
          success: ({ latitude, longitude }) => resolve({ latitude: Number(latitude), longitude: Number(longitude) }),
          cancel: () => resolve(null),
          fail: () => resolve(null),
        });
      });
    } catch {
      return null;
    }
  },

  choosePlace: null,

  async copy(text) {
    await navigator.clipboard.writeText(text);
  },

  async loginCode() {
    return null;
  },

  async save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVING_MILLISECONDS);
  },

  pickPicture() {
    return new Promise((resolve) => {
      const field = document.createElement("input");
      field.type = "file";
      field.accept = "image/jpeg,image/png,image/webp";
      field.addEventListener("cancel", () => resolve(null));
      field.addEventListener("change", () => resolve(field.files?.[0] ? smaller(field.files[0]) : null));
      field.click();
    });
  },

  dataAddress({ content, type }: Picture) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(new Blob([content], { type }));
    });
  },

  subscribe: null,

  scene() {
    const given = new URLSearchParams(window.location.search).get("scene") ?? recall<string>("scene");
    if (!given || !ALLOWED_SCENE.test(given)) return null;
    remember("scene", given);
    return given;
  },
};
