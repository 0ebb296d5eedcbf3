import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bench.records import Trial
from bench.store.rows import Row, decode, digest, encode, verifies
from tests import helpers

FACTS = {"attempts": 1, "seconds": 2.5, "finished": "2026-01-02T03:04:05+00:00"}
KEY = helpers.key("iris", "paper", "adaact", 7)

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
finite = st.floats(allow_nan=False, allow_infinity=False)
columns = st.dictionaries(names, finite, max_size=4)


@st.composite
def histories(draw):
    epochs = draw(st.integers(1, 5))
    return draw(st.dictionaries(names, st.tuples(*[st.floats(width=64)] * epochs), max_size=4))


trials = st.builds(
    Trial,
    key=st.builds(helpers.key, names, names, names, st.integers(0, 2**31 - 1)),
    trainer=names,
    status=st.just("ok"),
    reason=st.text(max_size=30),
    constant=st.booleans(),
    epochs=st.integers(0, 10**6),
    best_epoch=st.integers(0, 10**6),
    scores=columns,
    parameters=st.dictionaries(names, st.integers(0, 10**12), max_size=4),
    coefficients=columns,
    history=histories(),
    outcomes=hnp.arrays(np.int8, st.integers(0, 200), elements=st.integers(-1, 1)),
)


@given(trials)
def test_a_row_gives_its_trial_back_to_the_last_bit(contents, trial):
    row = encode(trial, "f" * 16, **FACTS)
    assert verifies(row)
    assert contents([decode(row)]) == contents([trial])


@given(trials, st.data())
def test_the_digest_notices_every_change(trial, data):
    row = encode(trial, "f" * 16, **FACTS)
    place = data.draw(st.integers(0, len(Row._fields) - 1))
    other = data.draw(
        st.none() | st.integers() | finite | st.text(max_size=5) | st.binary(max_size=5)
    )
    changed = Row._make([*row[:place], other, *row[place + 1 :]])
    same = type(other) is type(row[place]) and other == row[place]
    assert verifies(changed) == same


def test_the_digest_notices_a_byte_that_moves_between_the_blobs():
    row = encode(Trial(KEY, "keras", "ok"), "f" * 16, **FACTS)
    row = row._replace(history=b"ab", outcomes=b"c")
    assert digest(row) != digest(row._replace(history=b"a", outcomes=b"bc"))


def test_numpy_scalars_are_stored_as_the_numbers_they_are():
    trial = Trial(
        KEY._replace(seed=np.int64(7)),
        "keras",
        "ok",
        scores={"test_accuracy": np.float32(0.1)},
        parameters={"parameters": np.int64(63)},
        history={"loss": np.array([0.1, 0.2], np.float32)},
        vectors={"g_1": [0.5, -1.0]},
    )
    back = decode(encode(trial, "f" * 16, **FACTS))
    assert back.scores == {"test_accuracy": float(np.float32(0.1))}
    assert back.key == KEY
    assert back.vectors == {"g_1": [0.5, -1.0]}
    assert back.history["loss"][0] == float(np.float32(0.1))


REFUSED = {
    "a score that is NaN": ({"scores": {"test_f1": float("nan")}}, "JSON"),
    "an infinite coefficient": ({"coefficients": {"k0_1": np.float32("-inf")}}, "JSON"),
    "a score of a failed trial": (
        {"status": "failed", "scores": {"test_f1": 0.5}},
        "no scores of a failed trial",
    ),
    "a shorter curve": ({"history": {"loss": (1.0, 2.0), "accuracy": (0.5,)}}, "shape"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_number_is_never_stored_as_one(case):
    fields, told = REFUSED[case]
    with pytest.raises(ValueError, match=told):
        encode(Trial(KEY, "keras", **{"status": "ok"} | fields), "f" * 16, **FACTS)
