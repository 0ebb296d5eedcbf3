"""Files edited at random, of everything that is read: read as they are, or one line names them."""

import gzip
import shutil
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.claims_file import PAPER_CLAIMS, load_claims
from bench.data.tables import Reading, read
from bench.data.tables.scores import read_scores
from bench.errors import UserError
from bench.exports.reading import load
from tests import helpers
from tests.bench.exports.test_table_schema import RECORDS, TABLES, complete

OWN = "size,colour,class\n" + "".join(f"{n}.5,{'rgb'[n % 3]},{'ab'[n % 2]}\n" for n in range(40))
SCORES = "dataset,method,seed,score\n" + "".join(
    f"d,{method},{seed},0.{7 + seed % 3}{place}\n"
    for place, method in enumerate(("relu", "tanh"))
    for seed in range(12)
)
FEW = ("--splits", "2", "--seeds", "1", "--activations", "adaact,relu", "--workers", "1")
OTHERS = {  # files by what reads them, and the command that does
    "claims.toml": (load_claims, ("check", "--claims", "claims.toml")),
    "own.csv": (
        lambda path: read(str(path), Reading(target="class"), "own"),
        ("compare", "own.csv", "--target", "class", *FEW),
    ),
    "scores.csv": (lambda path: read_scores(str(path), Reading()), ("judge", "scores.csv")),
}
IN_RESULTS = (*TABLES, "vectors.csv.gz", *RECORDS)
EDITED = settings(suppress_health_check=list(HealthCheck), deadline=None, derandomize=True)
PIECES = [b"nan", b"-1", b"1e999", b'"', b",", b"\n", b"null", b"{", b"\xff", b"\0"]


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """A folder with files of each kind."""
    folder = tmp_path_factory.mktemp("right")
    asked = {"protocols": ("paper", "held-out"), "activations": ("adaact", "relu", "tanh")}
    complete(helpers.results_folder(folder / "results", seeds={"iris": 3}, **asked))
    shutil.copy(PAPER_CLAIMS, folder / "claims.toml")
    (folder / "own.csv").write_text(OWN)
    (folder / "scores.csv").write_text(SCORES)
    return folder


@st.composite
def edits(draw, content):
    """Return other bytes: a piece or two cut out, doubled or overwritten; or any bytes at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=99))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        put = draw(
            st.sampled_from([b"", content[start:end] * 2, *PIECES])
            | st.binary(max_size=8)
            | st.integers(-(2**70), 2**70).map(lambda number: str(number).encode())
        )
        content = content[:start] + put + content[end:]
    return content


def edit(data, path):
    """Edit a file; a packed one is edited as it is, or unpacked."""
    content = path.read_bytes()
    packed = path.suffix == ".gz" and data.draw(st.booleans())
    edited = data.draw(edits(gzip.decompress(content) if packed else content))
    path.write_bytes(gzip.compress(edited) if packed else edited)
    return content


def place(name):
    return name if name in OTHERS else f"results/{name}"


each = pytest.mark.parametrize("name", [*IN_RESULTS, *OTHERS])


@pytest.mark.scorecard(12, "files edited at random and given to the function that reads them")
@pytest.mark.parametrize("count", [4, pytest.param(500, marks=pytest.mark.slow)])
@each
def test_what_is_edited_is_read_or_one_line_names_it(right, name, count, record_property):
    path = right / place(name)
    reads = partial(OTHERS[name][0], path) if name in OTHERS else partial(load, path.parent)

    @settings(EDITED, max_examples=count)
    @given(data=st.data())
    def check(data):
        kept = edit(data, path)
        try:
            reads()
        except UserError as error:
            told = str(error)
            assert "\n" not in told
            assert str(path.parent) in told
        finally:
            path.write_bytes(kept)

    check()
    record_property("tried", count)


@pytest.mark.scorecard(12, "files edited at random and given to a command")
@pytest.mark.parametrize("count", [1, pytest.param(3, marks=pytest.mark.slow)])
@each
def test_what_is_edited_makes_a_report_or_one_line(
    starter, right, tmp_path, name, count, record_property
):
    command = OTHERS[name][1] if name in OTHERS else ("report",)

    @settings(EDITED, max_examples=count)
    @given(data=st.data())
    def check(data):
        folder = tmp_path / "work"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(right, folder)
        edit(data, folder / place(name))
        ended = starter.run(folder, *command, memory=256 << 20)
        assert ended.code in (0, 2), ended.err
        if ended.code:
            line = ended.err.splitlines()[-1]
            assert line.startswith("adaact-bench: ")
            assert place(name) in line
            assert "Traceback" not in ended.err
        assert [path.name for path in tmp_path.iterdir()] == ["work"]

    check()
    record_property("tried", count)
