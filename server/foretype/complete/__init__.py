"""The completion pipeline: reuse, stop rules, filters, ledger."""
