"""Money of a shared payment: frozen at WeChat, split to receivers, the rest given free. 分账"""
