"""The digits of a payment code: RFC 6238, a form of its own, a bounded drift."""

from datetime import UTC, datetime, timedelta

import pytest

from app.alliance.paying import codes

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENT = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


def test_the_proof_is_that_of_the_rfc():
    """RFC 6238, appendix B: SHA-256, eight digits; its 30-second steps are ours by number."""
    import base64

    seed = base64.b32encode(b"12345678901234567890123456789012").decode()
    assert codes.proof(seed, 59 // 30) == "46119246"
    assert codes.proof(seed, 1111111109 // 30) == "68084774"
    assert codes.proof(seed, 20000000000 // 30) == "77737706"


def test_a_code_tells_its_device_and_nothing_else_reads_as_one():
    code = codes.head(417, 93_512) + "40718263"
    assert code == "88041709351240718263"
    claim = codes.read(code)
    assert (claim.bucket, claim.number, claim.proof) == (417, 93_512, "40718263")
    for wrong in ("", code[:-1], code + "0", "13" + code[2:], code[:-1] + "x", "８" + code[1:]):
        assert codes.read(wrong) is None
    assert codes.read("88102400000000000000") is None  # there is no such bucket


@pytest.mark.parametrize(("minutes", "is_good"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
def test_a_clock_may_be_off_by_the_drift_and_not_more(minutes, is_good):
    step = codes.step_at(MOMENT + timedelta(minutes=minutes))
    found = codes.step_of(codes.proof(SEED, step), SEED, MOMENT, drift=1)
    assert found == (step if is_good else None)


def test_a_code_changes_at_the_end_of_its_minute():
    step = codes.step_at(MOMENT)
    assert codes.end_of(step) == datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
    assert codes.step_at(codes.end_of(step)) == step + 1
