export default definePageConfig({ navigationBarTitleText: "联惠" });
