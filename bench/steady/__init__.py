"""`python -m bench.steady`: half an hour of mixed load on one server, to see whether anything grows or slows down."""
