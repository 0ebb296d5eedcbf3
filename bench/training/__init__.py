"""Networks, protocols and ``fit_many``. Importing this package does not import TensorFlow."""

from bench.training.trainers.fit_many import fit_many
from bench.training.trainers.training_task import Fit, predict_many

__all__ = ["Fit", "fit_many", "predict_many"]
