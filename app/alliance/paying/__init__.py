"""How people pay in a store: the member's own code, amount codes, PIN and receipts."""
