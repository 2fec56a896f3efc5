"""The wiring: settings, addresses, servers, health. No app imports from here, only from `prayermap.lib`."""
