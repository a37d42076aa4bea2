"""The experience gold that new members get: when, and after which agreement. 入会体验金"""
