"""The console as people see it: a real Chromium on a real server. `make browser` runs these tests alone."""
