"""Sets up and runs the product on one machine. Imports nothing of the product."""
