"""What stores issue as prepaid money: its bonuses, the advances lent on it, what is owed. 储值"""
