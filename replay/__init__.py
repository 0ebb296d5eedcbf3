"""The paper's own three runs again, in the software of their day.

``notebook.py`` is the script for that software. The rest makes the environment it runs in, compares
what comes out with the published values, and trains further seeds.
"""
