"""The protocol edge: LSP over stdio or loopback TCP. The only package that imports pygls and lsprotocol."""
