// The one function of Taro's H5 part that services use, without its user interface. Taro's package
// cannot be loaded outside a bundler: it registers web components when it is imported.
interface Wish { url: string; method: string; header: Record<string, string>; data?: string }

export default {
  async request({ url, method, header, data }: Wish) {
    const answer = await fetch(url, { method, headers: header, body: data });
    const text = await answer.text();
    return { statusCode: answer.status, data: text ? JSON.parse(text) : null, header: Object.fromEntries(answer.headers) };
  },
};
