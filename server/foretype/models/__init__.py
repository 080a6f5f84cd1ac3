"""The models Foretype knows by name: where they come from, where they lie, whether they are whole."""
