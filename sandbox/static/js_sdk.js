// What a page inside WeChat finds: `WeixinJSBridge` of the app and `wx` of the JS-SDK. Every call
// goes to the phone that shows the page in a frame, and comes back with its words.
"use strict";
(() => {
  const phone = new URL(document.currentScript.src).origin;
  const waiting = new Map();
  let number = 0;

  function call(name, wish) {
    if (window.parent === window) return Promise.resolve({ err_msg: `${name}:fail not in WeChat` });
    number += 1;
    const id = number;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      window.parent.postMessage({ wechat: true, id, name, wish }, phone);
    });
  }

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== phone || !event.data?.wechat) return;
    waiting.get(event.data.id)?.(event.data.answer);
    waiting.delete(event.data.id);
  });

  let configured = null;
  let whenReady = [];
  let whenWrong = () => undefined;

  async function use(name, wish = {}) {
    const { success, fail, cancel, complete, ...rest } = wish;
    if (configured) await configured;
    const answer = await call(name, rest);
    const told = answer.err_msg || answer.errMsg || "";
    const found = { ...answer, errMsg: told };
    if (/:ok$/.test(told)) success?.(found);
    else if (/:cancel$/.test(told)) cancel?.(found);
    else fail?.(found);
    complete?.(found);
  }

  window.wx = window.jWeixin = {
    config(wish) {
      const url = location.href.split("#")[0];
      configured = call("config", { ...wish, url }).then((answer) => {
        const told = answer.errMsg || answer.err_msg;
        if (told === "config:ok") whenReady.splice(0).forEach((work) => work());
        else whenWrong({ errMsg: told });
        return told;
      });
    },
    ready(work) {
      if (!configured) whenReady.push(work);
      else configured.then((told) => told === "config:ok" && !whenReady.includes(work) && work());
    },
    error(work) { whenWrong = work; },
    chooseWXPay({ timestamp, ...wish }) { use("chooseWXPay", { timeStamp: String(timestamp), ...wish }); },
  };
  for (const name of ["scanQRCode", "getLocation", "closeWindow", "updateAppMessageShareData", "updateTimelineShareData", "hideMenuItems"]) {
    window.wx[name] = (wish) => use(name, wish);
  }

  if (window.parent === window) return; // an ordinary browser: there is no bridge
  window.WeixinJSBridge = {
    invoke(name, wish, done) { call(name, wish).then((answer) => done?.(answer)); },
    on() {},
    call() {},
  };
  document.dispatchEvent(new Event("WeixinJSBridgeReady"));
})();
