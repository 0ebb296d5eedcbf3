"""TensorFlow gets its one thread before any test module uses it: later it takes no other number.

Beside that, the count of what the tests of the reliability scorecard tried.
"""

import json
from collections import defaultdict
from pathlib import Path

from bench.training.quiet import quiet

quiet()


def pytest_addoption(parser):
    parser.addoption("--scorecard", type=Path, help="where to write what the scorecard's tests did")


def pytest_collection_modifyitems(items):
    for item in items:
        if mark := item.get_closest_marker("scorecard"):
            item.user_properties.append(("scorecard", mark.args))


def pytest_terminal_summary(terminalreporter, config):
    """Counts tests of the scorecard, or what they say they tried, by row."""
    tried, held = defaultdict(int), defaultdict(int)
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            properties = dict(getattr(report, "user_properties", ()))  # collection has none
            if row := properties.get("scorecard"):
                times = properties.get("tried", 1)
                tried[row] += times
                held[row] += times * (outcome == "passed")
    lines = [
        {"row": row, "what": what, "tried": times, "held": held[row, what]}
        for (row, what), times in sorted(tried.items())
    ]
    for line in lines:
        terminalreporter.write_line("scorecard {row}: {what}: {held} of {tried}".format(**line))
    if path := config.getoption("scorecard"):
        path.write_text(json.dumps(lines, indent=1) + "\n")
