"""Run jobs in worker processes, here or on a Dask cluster."""
