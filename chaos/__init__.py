"""Breaks a running product of its own under load, from outside, and checks that nothing is wrong.

Nothing of the product enters: what is known of it is its addresses, its commands and WeChat's
books. How it works and what it has found: docs/chaos.md.
"""
