"""Word the reasons that the analysis gives as codes with their numbers."""

import pandas as pd

AT_CAP = "many trials ended at the cap on epochs"
WORDS = {
    "few_splits": "{} of {} splits",
    "few_trials": "{} of {} trials",
    "few_seeds": "too few trials for the variance between seeds",
    "one_seed": "one seed",
    "no_shared_split": "no shared split",
    "no_rows": "no row-wise results",
    "no_scores": "one of the two has no scores",
    "no_trial": "no trial",
    "no_value": "no trial has the value",
    "no_comparison": "no comparison",
    "missing": "{} not measured",
    "missing_of": "{} of {} not measured",
    "missing_at_cap": f"{{}} not measured; {AT_CAP}",
    "at_cap": AT_CAP,
    "p_holm": "p_holm > .05",
}


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of the analysis with its column ``reason`` in words."""
    return table.assign(reason=[_words(*reason) for reason in table["reason"]])


def _words(code: str | int = "", *numbers: str | int) -> str:
    if code == "capped":  # by data set
        return f"epochs capped at {' and '.join(map(str, numbers))}"
    return WORDS[str(code)].format(*numbers) if code else ""
