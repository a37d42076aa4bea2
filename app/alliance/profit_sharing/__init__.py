"""How a merchant's settled money leaves, and who gets it where WeChat splits it. 分账与打款渠道"""
