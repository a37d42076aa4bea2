"""Why an entry is what it is, told to whoever it belongs to and to nobody else. 逐分说明"""
