"""The web process: pages, callbacks, tiles and the JSON interface over a published release."""
