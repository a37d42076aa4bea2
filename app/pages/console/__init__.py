"""The frame of both consoles and the operator's pages: clients of our own API, without a rule."""
