"""The ways a withdrawal is paid: each a channel with the same four words. 打款渠道"""
