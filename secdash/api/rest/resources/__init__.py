"""The operations, by what they are about. Each fetches through `access`, calls one service, and answers a shape."""
