export default definePageConfig({ navigationBarTitleText: "活动与福利" });
