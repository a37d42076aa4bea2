export default definePageConfig({ navigationBarTitleText: "登录的设备" });
