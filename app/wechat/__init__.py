"""The adapter to WeChat. Speaks its protocols; knows no domain rule and posts no money."""
