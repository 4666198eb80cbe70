"""What a community writes down about itself: the audit record of each transaction, successful or refused (ATNA)."""
