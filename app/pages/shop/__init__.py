"""The merchants' console: pages for owners and cashiers, clients of our own API, without a rule."""
