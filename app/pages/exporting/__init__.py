"""Whole lists as files, written in the background and kept for their owner for a day. 导出"""
