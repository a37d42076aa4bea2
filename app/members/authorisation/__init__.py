"""Who may bring members by a code: the operator suspends, revokes and restores it with reasons."""
