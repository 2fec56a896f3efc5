"""Load generator, reference client and endurance checks for PrayerMap's own contract.

`python -m bench --help` measures, `python -m bench.verses --help` checks that nothing is lost.
The package talks to a server through its public contract alone; only `seed` and `stack` know its insides.
"""
