"""Positions from a matrix: whatever was spent where, the nets come to 0."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.alliance.netting import rules
from app.alliance.netting.rules import Collected, Spent

merchants = st.integers(1, 6).map(lambda number: UUID(int=number))
amounts = st.integers(0, 10**9)
spendings = st.builds(Spent, amounts, amounts)
matrices = st.dictionaries(st.tuples(merchants, merchants), spendings, max_size=36)
collections = st.dictionaries(merchants, st.builds(Collected, amounts, amounts))


@settings(max_examples=200, deadline=None)
@given(matrices, collections)
def test_nets_come_to_nothing_and_every_fen_spent_is_in_one_position(matrix, collected):
    found = rules.positions(matrix, collected)
    assert sum(each.net_fen for each in found) == 0
    kept = sum(spent.kept_fen for spent in matrix.values())
    assert sum(each.own_fen + each.receivable_fen for each in found) == kept
    back = sum(each.from_pending_fen + each.from_deposit_fen for each in collected.values())
    assert sum(each.moves_fen for each in found) == kept - back
    assert 0 <= rules.netted_fen(found) <= rules.gross_fen(matrix)
    assert {each.merchant_id for each in found} == {m for cell in matrix for m in cell} | set(
        collected
    )


def test_two_who_owe_each_other_settle_the_difference():
    one, other = UUID(int=1), UUID(int=2)
    matrix = {(one, other): Spent(1_000), (other, one): Spent(700, 100), (one, one): Spent(50)}
    first, second = rules.positions(matrix, {one: Collected(300, 0)})
    assert (first.net_fen, second.net_fen) == (-400, 400)
    assert (rules.gross_fen(matrix), rules.netted_fen([first, second])) == (1_600, 400)
    assert (first.moves_fen, second.moves_fen) == (50 + 600 - 300, 1_000)
