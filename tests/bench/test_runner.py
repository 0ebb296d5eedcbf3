"""What a study lacks is made and stored."""

from dataclasses import replace

from bench.data import fingerprint
from bench.runner import fit_ceilings
from bench.store import Store


def test_ceilings_that_are_missing_are_fitted_and_stored_one_by_one(tmp_path, small_study):
    study = replace(small_study, datasets=("iris",), data={"iris": fingerprint("iris")})
    study = replace(study, protocols=("paper", "held-out"), seeds={"iris": (4, 2)})
    with Store(tmp_path / "trials.sqlite") as store:
        wanted = store.ceilings.missing(study)
        assert len(wanted) == 2 + 4
        fit_ceilings(study, store, wanted[:1])
        assert store.ceilings.missing(study) == wanted[1:]
        fit_ceilings(study, store, iter(wanted[1:]))
        stored = store.ceilings.of(study)
    assert [ceiling.key for ceiling in stored] == sorted(wanted)
    assert len({ceiling.train_loss for ceiling in stored}) == 6
