"""Documents, snapshots, edits and positions; pure, no IO."""
