"""Signed scene tokens and pictures of them (二维码). Blind to what a code is good for."""
