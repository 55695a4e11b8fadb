"""One folder a feature; features never import each other and meet in `dashboard.shell`."""
