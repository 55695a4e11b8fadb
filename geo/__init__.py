"""Pure computation of who reaches what on foot, and the store that keeps the answers."""
