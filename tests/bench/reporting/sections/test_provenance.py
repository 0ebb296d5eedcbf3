"""Where the numbers come from."""

from hypothesis import given
from hypothesis import strategies as st

from bench.reporting.sections import provenance


@given(st.sets(st.integers(0, 30)))
def test_no_seed_is_lost_or_invented(seeds):
    told = set()
    for part in filter(None, provenance.seed_ranges(sorted(seeds)).split(", ")):
        first, _, last = part.partition(" to ")
        told |= set(range(int(first), int(last or first) + 1))
    assert told == seeds
    assert provenance.seed_ranges([9, 0, 1, 5]) == "0 to 1, 5, 9"
