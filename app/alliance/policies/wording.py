"""What the parties of a split policy are called: Chinese, English."""

from __future__ import annotations

from app.alliance.rules import Party

PARTIES: dict[Party, tuple[str, str]] = {
    Party.CONSUMER: ("消费者", "the customer"),
    Party.RECOMMENDER: ("推荐人", "whoever brought the customer"),
    Party.MERCHANT_RECOMMENDER: ("商家推荐人", "whoever brought the store's merchant"),
    Party.HOME_STORE: ("归属门店", "the customer's home store"),
    Party.SALESPERSON: ("业务员", "the salesperson of the selling merchant"),
    Party.PROMOTER: ("推广者", "the promoter"),
    Party.OPERATIONS: ("平台运营", "operations"),
    Party.CAMPAIGN_FUND: ("活动基金", "the campaign fund"),
    Party.CHARITY: ("公益基金", "charity"),
    Party.QUEUE_POOL: ("排队补贴池", "the queue pool"),
}
