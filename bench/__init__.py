"""Benchmarks: each command ends with a line of JSON (performance as ratios in one run)."""
