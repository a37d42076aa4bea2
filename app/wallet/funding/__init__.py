"""What finance books as arrived in a fund, or moved outside; much of it by two people. 资金登记"""
