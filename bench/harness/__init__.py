"""What benchmarks share: a durable server of their own, the yardstick, and measuring in turns."""
