import path from "node:path";
import { defineConfig, type UserConfigExport } from "@tarojs/cli";
import { withoutInjectedStyles } from "./styles";

// Where the mini-program finds the product: mini-programs know no "same origin". The H5 build is
// served by the product itself and needs none.
const apiBase = process.env.TARO_ENV === "h5" ? "" : process.env.LIANHUI_API_BASE || "https://lianhui.example";

const config: UserConfigExport<"vite"> = {
  projectName: "lianhui",
  date: "2026-11-23",
  designWidth: 375,
  deviceRatio: { 375: 2, 640: 1.17, 750: 1, 828: 0.905 },
  sourceRoot: "src",
  outputRoot: `dist/${process.env.TARO_ENV}`,
  framework: "react",
  plugins: ["@tarojs/plugin-html"],
  alias: { "@": path.resolve(__dirname, "..", "src") },
  defineConstants: { API_BASE: JSON.stringify(apiBase) },
  compiler: { type: "vite", vitePlugins: [withoutInjectedStyles()] },
  mini: { postcss: { pxtransform: { enable: true, config: {} }, cssModules: { enable: false } } },
  h5: {
    publicPath: "/h5/",
    staticDirectory: "static",
    router: { mode: "hash" },
    esnextModules: [],
    output: { chunkFileNames: "js/[name].[hash].js", assetFileNames: "assets/[name].[hash][extname]" } as never,
    postcss: { pxtransform: { enable: true, config: { targetUnit: "px" as never } }, cssModules: { enable: false } },
  },
};

export default defineConfig<"vite">(async () => config);
