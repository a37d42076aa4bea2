export default definePageConfig({ navigationBarTitleText: "充值退款" });
