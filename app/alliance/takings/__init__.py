"""What a merchant's staff see of their stores' sales: today's, all, and the merchant's purses."""
