"""Why an entry that this room posted is what it is: top-ups, withdrawals, gold, fees. 逐分说明"""
