import Taro from "@tarojs/taro";
import { opened } from "@/services/session";
import type { Picture, PayOutcome, Platform, SubscriptionAnswers } from "./contract";

declare const wx: {
  canIUse(name: string): boolean;
  requestMerchantTransfer(wish: Record<string, unknown>): void;
  requestSubscribeMessage(wish: Record<string, unknown>): void;
};

const TYPES: Record<string, string> = { png: "image/png", webp: "image/webp" };
const ANSWERS = new Set(["accept", "reject", "ban", "filter", "acceptWithAudio"]);
const CANCELLED = /cancel/i;

function outcomeOf(failure: unknown): PayOutcome {
  return CANCELLED.test(String((failure as { errMsg?: string })?.errMsg ?? "")) ? "cancelled" : "failed";
}

export const miniProgram: Platform = {
  app: "mini_program",
  door: "mini_program",

  async arrive() {
    return null;
  },

  async signIn() {
    const { code } = await Taro.login();
    const scene = this.scene();
    const answer = await Taro.request({
      url: `${API_BASE}/api/v1/sessions`,
      method: "POST",
      header: { "Content-Type": "application/json" },
      data: JSON.stringify(scene ? { code, scene } : { code }),
    });
    return opened(answer.statusCode, answer.data);
  },

  here() {
    const pages = Taro.getCurrentPages();
    const page = pages[pages.length - 1];
    const query = Object.entries(page?.options ?? {}).map(([name, value]) => `${name}=${value}`);
    return `/${page?.route ?? "pages/home/index"}${query.length ? `?${query.join("&")}` : ""}`;
  },

  async isInsideWeChat() {
    return true;
  },

  async pay(parameters) {
    try {
      await Taro.requestPayment(parameters as unknown as Taro.requestPayment.Option);
      return "ok";
    } catch (failure) {
      return outcomeOf(failure);
    }
  },

  confirmTransfer(confirmation) {
    return new Promise((resolve) => {
      if (!wx.canIUse("requestMerchantTransfer")) return resolve("failed");
      wx.requestMerchantTransfer({
        ...confirmation,
        success: () => resolve("ok"),
        fail: (failure: unknown) => resolve(outcomeOf(failure)),
      });
    });
  },

  async scan() {
    try {
      return (await Taro.scanCode({ onlyFromCamera: false })).result;
    } catch {
      return null;
    }
  },

  async place() {
    try {
      const { latitude, longitude } = await Taro.getFuzzyLocation({ type: "gcj02" });
      return { latitude, longitude };
    } catch {
      return null;
    }
  },

  async choosePlace() {
    try {
      const { latitude, longitude, address, name } = await Taro.chooseLocation({});
      return { latitude: Number(latitude), longitude: Number(longitude), address: [address, name].filter(Boolean).join(" ") };
    } catch {
      return null;
    }
  },

  async copy(text) {
    await Taro.setClipboardData({ data: text });
  },

  async loginCode() {
    return (await Taro.login()).code;
  },

  /** Written where only this mini-program reads, handed to a chat of the person's, deleted. */
  async save(name, text) {
    const files = Taro.getFileSystemManager();
    const path = `${Taro.env.USER_DATA_PATH}/${name}`;
    files.writeFileSync(path, text, "utf8");
    try {
      await Taro.shareFileMessage({ filePath: path, fileName: name });
    } finally {
      files.unlinkSync(path);
    }
  },

  async pickPicture() {
    let path: string;
    try {
      const { tempFiles } = await Taro.chooseMedia({ count: 1, mediaType: ["image"], sizeType: ["compressed"] });
      path = tempFiles[0].tempFilePath;
    } catch {
      return null;
    }
    const content = Taro.getFileSystemManager().readFileSync(path) as ArrayBuffer;
    return { content, type: TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "image/jpeg" };
  },

  async dataAddress({ content, type }: Picture) {
    return `data:${type};base64,${Taro.arrayBufferToBase64(content)}`;
  },

  subscribe(templateIds) {
    return new Promise((resolve) => {
      wx.requestSubscribeMessage({
        tmplIds: templateIds,
        success: (told: Record<string, string>) => {
          const answered = templateIds.filter((id) => ANSWERS.has(told[id]));
          resolve(Object.fromEntries(answered.map((id) => [id, told[id]])) as SubscriptionAnswers);
        },
        fail: () => resolve({}),
      });
    });
  },

  scene() {
    const given = Taro.getLaunchOptionsSync().query?.scene;
    return given ? decodeURIComponent(given) : null;
  },
};
