import path from "node:path";
import { defineConfig } from "vitest/config";

// The services and components of the page, as they are: Taro's own H5 part, real requests to a
// server of the test's, a document from jsdom.
export default defineConfig({
  esbuild: { jsx: "automatic" },
  define: { API_BASE: JSON.stringify("http://127.0.0.1:9"), "process.env.TARO_ENV": JSON.stringify("h5") },
  resolve: { alias: { "@": path.resolve(__dirname, "src"), "@tarojs/taro": path.resolve(__dirname, "tests/taro.ts") } },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "jsdom", testTimeout: 20_000 },
});
