"""Double-entry books (复式账) of owners and accounts; no member, merchant or WeChat enters here."""
