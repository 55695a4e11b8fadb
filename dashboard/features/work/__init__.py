"""The list that the pages of standards and of gaps are worked with."""
