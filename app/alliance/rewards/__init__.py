"""Rewards: a recommender gets a sum once, when what they brought has conceded enough."""
