"""What `python -m bench` measures: one module for each workload, each a coroutine that returns its figures."""
