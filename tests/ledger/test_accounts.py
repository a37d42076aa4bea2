from app.core.db import db
from app.ledger.accounts import Account
from app.ledger.models import AccountKind


def test_the_database_and_the_code_describe_the_same_accounts(context):
    in_database = {
        row.code: (
            row.name,
            row.append_only,
            row.uses_lots,
            row.floor_fen,
            row.ceiling_fen,
            row.floor_per_owner,
        )
        for row in db.session.query(AccountKind)
    }
    in_code = {
        account.value: (
            account.label,
            account.append_only,
            account.uses_lots,
            account.floor_fen,
            account.ceiling_fen,
            account.floor_per_owner,
        )
        for account in Account
    }
    assert in_database == in_code


def test_every_account_of_the_design_exists():
    design = """prepaid_principal prepaid_bonus experience payment_hold rebate_pending rebate
        withdrawing clawback_due pending experience_pending available deposit offer_budget
        prepaid_advance order_escrow errand_escrow operations campaign_fund charity queue_pool
        tax_withheld concession_clearing suspense refund_clearing wechat_takings wechat_operating
        bank_custody channel_fee"""
    # What a promise, a split and a campaign set aside.
    added = {"bonus_reserved", "wechat_frozen", "campaign_pot", "campaign_claim"}
    assert {account.label for account in Account} == set(design.split()) | added
