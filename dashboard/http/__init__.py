"""What the web process answers beside pages and callbacks, and what it refuses."""
