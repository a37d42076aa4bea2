"""Starts and ends the parts of the product on one machine; nothing of the product itself enters."""
