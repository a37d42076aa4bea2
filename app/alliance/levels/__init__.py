"""Member levels: what members' purchases conceded of late, and the gift that a level brings."""
