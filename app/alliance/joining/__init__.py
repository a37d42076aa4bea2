"""Merchants who want to join: applications, what they are compared with, and review. 商家入驻"""
