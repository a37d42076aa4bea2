"""What staff did: one record for each action, chained by hashes, never changed."""
