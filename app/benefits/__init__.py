"""What the alliance gives away: campaigns and their kinds. A kind decides and never pays; nothing
here may post but `grants.py`, `pots.py` and `escrows.py`."""
