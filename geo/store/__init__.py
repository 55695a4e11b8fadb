"""The only place that opens a database: connections, releases, queries and the state file."""
