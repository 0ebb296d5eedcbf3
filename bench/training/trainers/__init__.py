"""Train one Keras model under many seeds: in one compiled loop, or by ``fit``."""
