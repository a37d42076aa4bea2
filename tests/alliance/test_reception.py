"""Whoever comes with a code is a member, bound for good, and welcomed once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.alliance import service as alliance
from app.alliance.distribution import fold
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger.service import Account
from app.members import service as members
from app.qr import service as qr
from tests.alliance import shop as world

APP = "wxdev0fa0000000001"


def arrive(scene=None, openid=None, unionid=None, app_id=APP):
    person = openid or f"o{new_id().hex[:27]}"
    return in_transaction(lambda: alliance.join(app_id, person, unionid, "follow", scene, now()))


@pytest.fixture
def funded(context):
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 1_000_000)
    fold()


def test_a_shops_code_makes_a_member_of_that_shop_with_experience_gold(funded):
    shop = world.shop()
    joined = arrive(qr.token_of("S", shop.store_id))
    assert joined.is_new
    assert joined.is_newly_bound
    assert joined.binding.recommender_kind == "merchant"
    assert joined.binding.recommender_id == shop.merchant_id
    assert joined.binding.home_store_id == shop.store_id
    assert joined.store.name == "南门店"
    assert (joined.experience_fen, joined.experience_reason) == (2_000, None)
    assert world.balance(joined.member_id, Account.EXPERIENCE) == 2_000


def test_a_friends_code_binds_to_the_friend_and_to_the_friends_home_store(funded):
    shop = world.shop()
    friend = arrive(qr.token_of("S", shop.store_id)).member_id
    joined = arrive(qr.token_of("M", friend))
    assert (joined.binding.recommender_kind, joined.binding.recommender_id) == ("member", friend)
    assert joined.store.id == shop.store_id


def test_a_salespersons_code_binds_without_a_home_store(funded):
    salesperson = in_transaction(lambda: alliance.add_salesperson("阿明").id)
    joined = arrive(qr.token_of("P", salesperson))
    assert joined.binding.recommender_kind == "salesperson"
    assert joined.store is None


@pytest.mark.parametrize(
    "scene", [None, "", "nonsense", "S" + "0" * 30, "x" * 64, qr.Kind.STORE, qr.Kind.MEMBER]
)
def test_without_a_good_code_the_platform_has_brought_them(funded, scene):
    token = qr.token_of(scene, new_id()) if isinstance(scene, qr.Kind) else scene
    joined = arrive(token)
    assert joined.is_new
    assert joined.binding.recommender_kind == "platform"
    assert joined.store is None
    assert joined.experience_fen == 2_000


def test_a_second_scan_neither_binds_nor_grants_again(funded):
    shop, other = world.shop(), world.shop()
    person = f"o{new_id().hex[:27]}"
    first = arrive(qr.token_of("S", shop.store_id), person)
    again = arrive(qr.token_of("S", other.store_id), person)
    assert again.member_id == first.member_id
    assert not again.is_new
    assert not again.is_newly_bound
    assert again.store.id == shop.store_id
    assert (again.experience_fen, again.experience_reason) == (0, "not_new")
    assert world.balance(first.member_id, Account.EXPERIENCE) == 2_000


def test_who_came_without_a_code_is_not_bound_by_a_later_scan(funded):
    person = f"o{new_id().hex[:27]}"
    first = arrive(None, person)
    again = arrive(qr.token_of("S", world.shop().store_id), person)
    assert not again.is_newly_bound
    assert again.binding.recommender_kind == "platform"
    assert again.store is None
    assert again.member_id == first.member_id


def test_follower_and_mini_program_user_of_one_unionid_are_one_member(funded):
    unionid = f"u{new_id().hex[:27]}"
    first = arrive(qr.token_of("S", world.shop().store_id), unionid=unionid)
    again = arrive(None, unionid=unionid, app_id=world.MINI_PROGRAM)
    assert again.member_id == first.member_id
    assert world.balance(first.member_id, Account.EXPERIENCE) == 2_000


def test_without_funds_nothing_is_promised(context):
    fold()
    left = world.ledger.balances(PLATFORM_ID)[Account.CAMPAIGN_FUND].balance_fen
    if left:
        _spend_fund(left)
    joined = arrive(qr.token_of("S", world.shop().store_id))
    assert (joined.experience_fen, joined.experience_reason) == (0, "fund_short")
    assert joined.is_newly_bound
    assert world.balance(joined.member_id, Account.EXPERIENCE) == 0


def _spend_fund(fen):
    legs = (
        world.Leg(PLATFORM_ID, Account.CAMPAIGN_FUND, -fen),
        world.Leg(PLATFORM_ID, Account.BANK_CUSTODY, fen),
    )
    identity = new_id()
    journal = world.Journal(identity, "spent", identity, world.SYSTEM_ID, str(identity), legs)
    in_transaction(lambda: world.ledger.post([journal]))


def test_one_person_arriving_eight_times_at_once_is_one_member_welcomed_once(app, funded):
    person = f"o{new_id().hex[:27]}"
    scene = qr.token_of("S", world.shop().store_id)

    def come(_):
        with app.app_context():
            return arrive(scene, person)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(come, range(8)))
    assert len({joined.member_id for joined in found}) == 1
    assert sum(joined.is_new for joined in found) == 1
    assert world.balance(found[0].member_id, Account.EXPERIENCE) == 2_000
    assert members.binding(found[0].member_id) is not None
