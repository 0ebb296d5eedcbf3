"""Adaact: a dense layer with a learned affine activation, and what a net of such layers is."""

from adaact.collapse import AffineMap, collapse, logit_model
from adaact.layer import Adaact

__all__ = ["Adaact", "AffineMap", "collapse", "logit_model"]
