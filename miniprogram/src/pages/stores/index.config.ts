export default definePageConfig({ navigationBarTitleText: "全部门店" });
