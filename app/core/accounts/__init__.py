"""Staff accounts after they were opened: password, second factor, sessions, resets."""
