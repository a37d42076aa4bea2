"""A pretend WeChat in its own process, with real signatures. Imports nothing of the product."""
