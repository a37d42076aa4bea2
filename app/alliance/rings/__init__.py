"""Ring detection: accounts and shops that work together against the rules, reported to people."""
