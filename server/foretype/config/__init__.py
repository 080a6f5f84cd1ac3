"""Settings: their schema, their layers, their validation."""
