export default definePageConfig({ navigationBarTitleText: "跑腿" });
