export default definePageConfig({ navigationBarTitleText: "发布跑腿" });
