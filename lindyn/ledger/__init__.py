"""The ledger: every statement of the papers, its proof, its check and what the check found."""
