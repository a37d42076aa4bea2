"""What membership is, what is consented to with it, and the plans a store offers. 会员介绍"""
