export default definePageConfig({ navigationBarTitleText: "加入联惠" });
