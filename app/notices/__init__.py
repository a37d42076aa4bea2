"""What people are told (通知), through which door, once. Decides nothing about money."""
