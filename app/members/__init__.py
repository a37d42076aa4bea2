"""Who a member is (会员) and who brought them (绑定). Holds no money and sends no message."""
