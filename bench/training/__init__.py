"""Networks, protocols and the two trainers. Importing this package does not import TensorFlow."""
