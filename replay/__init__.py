"""The paper's own three runs again, in the software of their day.

``notebook.py`` is the script for that software; the rest makes the environment it runs in, and
holds what comes out against the published figures.
"""
