"""The way in on a web page: WeChat's log-in in H5. 网页登录"""
