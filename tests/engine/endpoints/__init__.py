"""Services of all protocols on loopback, written from their public documentation, with faults on command."""
