// The clients from npm, behind one line of JSON per question and one per answer.
// 来自 npm 的独立客户端：标准输入每行一个问题，标准输出每行一个回答。
'use strict';

const readline = require('node:readline');

const { Aes, Formatter, Rsa, Wechatpay } = require('wechatpay-axios-plugin');
const WXBizMsgCrypt = require('wechat-crypto');
const wecom = require('@wecom/crypto');

const clients = {};

// Both libraries for encrypted messages, in the same three verbs.
const libraries = {
  'wechat-crypto': ({ token, aes_key: key, app_id: id }) => {
    const crypt = new WXBizMsgCrypt(token, key, id);
    return {
      sign: (timestamp, nonce, encrypted) => crypt.getSignature(timestamp, nonce, encrypted),
      seal: (clear) => crypt.encrypt(clear),
      open: (encrypted) => crypt.decrypt(encrypted),
    };
  },
  '@wecom/crypto': ({ token, aes_key: key, app_id: id }) => ({
    sign: (timestamp, nonce, encrypted) => wecom.getSignature(token, timestamp, nonce, encrypted),
    seal: (clear) => wecom.encrypt(key, clear, id),
    open: (encrypted) => {
      const { message, id: found } = wecom.decrypt(key, encrypted);
      return { message, id: found };
    },
  }),
};

const messages = {
  'message.sign': ({ library, account, timestamp, nonce, encrypted }) =>
    libraries[library](account).sign(timestamp, nonce, encrypted),
  'message.seal': ({ library, account, clear }) => libraries[library](account).seal(clear),
  'message.open': ({ library, account, encrypted }) => libraries[library](account).open(encrypted),
  'page.sign': ({ ticket, nonce, timestamp, url }) =>
    wecom.getJsApiSignature({ ticket, nonceStr: nonce, timestamp, url }).signature,
  'data.open': ({ session_key: key, iv, encrypted }) =>
    Aes.AesCbc.decrypt(encrypted, Buffer.from(key, 'base64'), Buffer.from(iv, 'base64')),
};

const pay = {
  'pay.open': ({ name, base, mchid, serial, private_key: privateKey, certs }) => {
    clients[name] = new Wechatpay({ baseURL: base, mchid, serial, privateKey, certs, timeout: 20000 });
    return name;
  },
  // The signature of an answer that is no success is not checked: so the client has it.
  'pay.call': async ({ name, method, path, data, params, headers }) => {
    try {
      const answer = await clients[name].client.request(path, method, data, { params, headers });
      return { status: answer.status, body: answer.data };
    } catch (error) {
      if (!error.response || String(error.code).startsWith('EV3_')) throw error;
      return { status: error.response.status, body: error.response.data };
    }
  },
  'pay.sign': ({ lines, private_key: key }) =>
    Rsa.sign(Formatter.joinedByLineFeed(...lines), Rsa.from(key, 'private')),
  'pay.verify': ({ lines, signature, public_key: key }) =>
    Rsa.verify(Formatter.joinedByLineFeed(...lines), signature, Rsa.from(key, 'public')),
  'pay.seal': ({ clear, api_v3_key: key, nonce, associated_data: data }) =>
    Aes.AesGcm.encrypt(clear, key, nonce, data),
  'pay.unseal': ({ ciphertext, api_v3_key: key, nonce, associated_data: data }) =>
    Aes.AesGcm.decrypt(ciphertext, key, nonce, data),
  'pay.encrypt': ({ clear, public_key: key }) => Rsa.encrypt(clear, Rsa.from(key, 'public')),
  'pay.decrypt': ({ encrypted, private_key: key }) => Rsa.decrypt(encrypted, Rsa.from(key, 'private')),
  // A Buffer that was JSON for the way between the processes becomes one again.
  'bill.read': ({ content }) => Formatter.castCsvBill(Buffer.from(content, 'base64')),
};

const questions = { ...messages, ...pay };

async function answer(line) {
  const { question, ...wish } = JSON.parse(line);
  try {
    return { answer: await questions[question](wish) };
  } catch (error) {
    return { error: String(error.code || error.name), message: String(error.message) };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
  }
})();
