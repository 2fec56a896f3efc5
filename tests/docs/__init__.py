"""The documentation is tested: what it prints works as printed."""
