"""The timing benchmarks, collected by ``pytest bench/ --benchmark-only``.

Time is measured apart from accuracy: serially, threads pinned, competitors interleaved round by
round, compilation reported apart. pytest-benchmark can't interleave; so the rounds are measured
first (``interleave``) and each test plays its own back (``playback``).
"""
