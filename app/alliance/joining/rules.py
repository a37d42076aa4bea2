"""What a licence number looks like, when two names are alike, and what a finding means. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

# Legal forms and what registers append; the longest that fits is taken off, again and again.
FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "总公司",
    "分公司",
    "公司",
    "集团",
    "个体工商户",
    "有限合伙",
    "普通合伙",
    "个人独资",
    "个人独资企业",
)
NEAR = 0.7  # of the pairs of letters, by Dice
SHORTEST_CONTAINED = 4  # letters of a name that stands within another one
SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 8, 32
ACCOUNT = re.compile(rf"^[0-9]{{{SHORTEST_ACCOUNT},{LONGEST_ACCOUNT}}}$")


def normal_licence(given: str) -> str:
    """A unified social credit code (统一社会信用代码) in eighteen large characters.

    Raises ValueError where form or check digit (GB 32100-2015, mod 31) are wrong. The numbers of
    fifteen digits from before 2015 are not taken: they are void.
    """
    try:
        return uscc.validate("".join(unicodedata.normalize("NFKC", given).split()))
    except ValidationError:
        raise ValueError("a unified social credit code of 18 characters") from None


def normal_account(given: str) -> str:
    """A company's account number in digits, without blanks and hyphens. Raises ValueError. Its
    form is each bank's own, and it has no common check digit."""
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", given))
    if not ACCOUNT.match(number):
        raise ValueError("an account number of 8–32 digits")
    return number


def normal_name(given: str) -> str:
    """A company's name as it is compared: full-width letters, case, punctuation and legal form
    make no difference. Never empty for a name that has a letter."""
    plain = unicodedata.normalize("NFKC", given).casefold()
    bare = "".join(letter for letter in plain if letter.isalnum())
    shorter = _without_form(bare)
    while shorter and shorter != bare:
        bare, shorter = shorter, _without_form(shorter)
    return bare


def _without_form(name: str) -> str:
    fitting = [form for form in FORMS if name.endswith(form) and len(name) > len(form)]
    return name[: -len(max(fitting, key=len))] if fitting else name


def pairs(normal: str) -> frozenset[str]:
    """The pairs of neighbouring letters of a normal name; of one letter, that letter."""
    if len(normal) < 2:
        return frozenset({normal} if normal else ())
    return frozenset(normal[index : index + 2] for index in range(len(normal) - 1))


def are_alike(one: str, other: str) -> bool:
    """Whether two normal names are so near that somebody should look: most of their pairs are the
    same, or the shorter stands within the longer."""
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    if len(short) >= SHORTEST_CONTAINED and short in long:
        return True
    first, second = pairs(one), pairs(other)
    return 2 * len(first & second) >= NEAR * (len(first) + len(second))


@dataclass(frozen=True, slots=True)
class Meaning:
    """Whether a finding asks for a second person, and what it says."""

    is_serious: bool
    reason: str


FINDINGS = {
    "licence_blacklisted": Meaning(True, "营业执照在黑名单中 · the licence is blacklisted"),
    "account_blacklisted": Meaning(True, "收款账户在黑名单中 · the account is blacklisted"),
    "phone_blacklisted": Meaning(True, "联系电话在黑名单中 · the phone is blacklisted"),
    "licence_taken": Meaning(True, "已有商家使用该营业执照 · a merchant has this licence"),
    "account_taken": Meaning(True, "已有商家使用该收款账户 · a merchant is paid to this account"),
    "name_taken": Meaning(True, "已有同名商家 · a merchant has this name"),
    "licence_applied": Meaning(True, "他人也在用该执照申请 · somebody else applies with it"),
    "account_applied": Meaning(False, "另一申请使用该收款账户 · another application names it"),
    "phone_applied": Meaning(False, "他人的申请使用该电话 · another application has this phone"),
    "name_similar": Meaning(False, "名称与已有商家相近 · the name is near a merchant's"),
    "name_similar_applied": Meaning(False, "名称与另一申请相近 · near the name of an application"),
    "holder_differs": Meaning(False, "账户名与申请人不一致 · the account's holder is another"),
    "account_unchecked": Meaning(False, "对公账户无校验位 · a company account has no check digit"),
}
