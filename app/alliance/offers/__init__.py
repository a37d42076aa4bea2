"""Offers: what merchants sell, reviewed before members see it. 商品与服务"""
