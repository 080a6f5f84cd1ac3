"""What a model should see of the workspace, chosen within a token budget; pure, no IO, never waits."""
