export default definePageConfig({ navigationBarTitleText: "会员与储值条款" });
