"""Pages for people. Calls services only; holds no rule."""
