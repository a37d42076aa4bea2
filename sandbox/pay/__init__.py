"""WeChat Pay API v3 of one merchant; what reaches it without a right signature goes no further."""
