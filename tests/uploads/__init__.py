"""Files that people might send, good and bad. `python -m tests.uploads` prints what each of the bad ones gets."""
