"""A member's real name (实名): given with consent, encrypted, one person's, shown in part."""
