"""What may leave this machine: rules for paths, redaction of secrets, the one gate to the network and its log."""
