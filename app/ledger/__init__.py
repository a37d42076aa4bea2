"""Double-entry books (复式账). Knows no member, merchant or WeChat: only owners and accounts."""
