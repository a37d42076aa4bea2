import type { Plugin } from "vite";

const INJECTION = /createElement\((["'])style\1\)/g;
const GLOBAL_STYLE = /@tarojs[/\\]components[/\\].*\.css$/;

// Taro's router and API write <style> elements into the page, which our Content-Security-Policy
// forbids. They are made into <template>, which does nothing; the rules a page needs stand in
// src/router.css. The style of Taro's own components is left out: the client uses none of them.
export function withoutInjectedStyles(): Plugin {
  let changed = 0;
  return {
    name: "lianhui:without-injected-styles",
    enforce: "pre",
    transform(code, id) {
      if (GLOBAL_STYLE.test(id.split("?")[0])) return { code: "", map: null };
      if (!id.includes("@tarojs") || !INJECTION.test(code)) return null;
      changed += 1;
      return { code: code.replace(INJECTION, 'createElement("template")'), map: null };
    },
    buildEnd() {
      if (process.env.TARO_ENV === "h5" && changed === 0) throw new Error("Taro no longer writes <style>: is this plugin still needed?");
    },
  };
}
