export default definePageConfig({ navigationBarTitleText: "排队补贴" });
