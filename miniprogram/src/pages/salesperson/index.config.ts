export default definePageConfig({ navigationBarTitleText: "业务员" });
