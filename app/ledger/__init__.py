"""Double-entry books (复式账). Knows no member, no merchant and no WeChat: only owners and accounts."""
