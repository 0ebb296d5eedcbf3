"""The paper's own three runs again, in the old TensorFlow.

``notebook.py`` is the script for that software. The rest makes the environment it runs in, compares
what comes out with the published values, and trains further seeds.
"""
