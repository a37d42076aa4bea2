"""How much of a top-up is lent, when a lent fen falls due, what a collection pays: pure.

All amounts are fen.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.alliance.rules import count_out


def advance_fen(principal_fen: int, share_bp: int, room_fen: int) -> int:
    """What is lent on a lot: its contracted share (basis points, rounded down), as far as there
    is room under the limit. Never negative."""
    return max(0, min(principal_fen * share_bp // 10_000, room_fen))


def fallen_due_fen(issued_fen: int, advanced_fen: int, left_fen: int) -> int:
    """How much of an advance has fallen due when `left_fen` of its lot is unspent.

    Each fen of the lot is counted out between what was advanced and what was not, so that of more
    spent never less is due, nothing is due of an untouched lot, and all of it of an empty one: any
    sequence of sales and refunds ends exact. ValueError unless 0 <= left <= issued >= advanced.
    """
    if not 0 <= left_fen <= issued_fen or not 0 <= advanced_fen <= issued_fen:
        raise ValueError("a lot holds no more than was issued, and no more of it is lent")
    return count_out(issued_fen - left_fen, [advanced_fen, issued_fen - advanced_fen])[0]


def settle_lots(differences_fen: Sequence[int], funds_fen: int, room_fen: int) -> list[int]:
    """How much of what each lot owes (positive) or has paid too much (negative) is settled now.

    What was paid too much makes up for what is owed; beyond that `funds_fen` pays, or, if more was
    paid too much than is owed, `room_fen` may be lent again. Earlier lots come first. The sum is
    what is collected (positive) or lent again (negative).
    """
    owed = sum(each for each in differences_fen if each > 0)
    over = -sum(each for each in differences_fen if each < 0)
    to_owed = min(owed, over + max(0, funds_fen))
    to_over = min(over, owed + max(0, room_fen))
    settled = []
    for difference in differences_fen:
        if difference >= 0:
            part = min(difference, to_owed)
            to_owed -= part
        else:
            part = -min(-difference, to_over)
            to_over += part
        settled.append(part)
    return settled
