"""The harness: data sets, protocols, training, statistics, claims, report."""
