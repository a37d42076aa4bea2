"""Pausing and closing merchants and stores, and what becomes of their money. 暂停与停业"""
