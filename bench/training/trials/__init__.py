"""Train the suite's trials with a trainer, and compute their scores."""
