"""How much accuracy does early stopping on the test set add?"""

from bench.reporting.document import Block, Bullets, Heading, Prose
from bench.reporting.names import ADAACT, dataset_name
from bench.reporting.view import View
from bench.reporting.wording import count, in_rows, signed, signed_spread


def selection_bias(view: View) -> list[Block]:
    """Return Adaact's, one sentence a data set."""
    if view.selection_bias.empty or view.foreign:
        return []
    mine = view.selection_bias[view.selection_bias["activation"] == ADAACT]
    return [
        Heading("Early stopping on the test set"),
        Prose(EXPLAINED),
        Bullets([told(row, view.test_rows[row["dataset"]]) for row in mine.to_dict("records")]),
        Prose(OTHERS),
    ]


EXPLAINED = """
The paper chooses the epoch by the loss on the test set. Its selection bias is measured within one
trial: test accuracy at the epoch that the test loss would have chosen, minus that at the epoch that
the validation loss chose. On Bank Note and Iris the trials are those of `paper-clean`, with the
paper's own test rows; on MNIST those of `held-out`."""
OTHERS = "Of every activation: [selection_bias.csv](tables/selection_bias.csv)."


def told(row: dict, rows: int) -> str:
    """Return what choosing the epoch by the test set added to Adaact's accuracy on a data set.

    Args:
        row: Of ``analysis.early_stopping``.
        rows: Test rows.
    """
    name, trials = dataset_name(row["dataset"]), count(int(row["trials"]), "trial")
    if row["nil"]:
        return (
            f"{name}: nil by construction. {row['at_cap']:.0%} of {trials} were still improving at "
            "the last epoch, which both choose."
        )
    return (
        f"{name}: median {signed(row['median'])} over {trials}. The epoch that the test loss "
        f"chooses scores higher in {row['higher']} of them, the same in {row['equal']}, lower in "
        f"{row['lower']}. Mean "
        f"{signed_spread(row['mean'], row['low'], row['high'])}, "
        f"{in_rows(row['mean'], rows)}."
    )
