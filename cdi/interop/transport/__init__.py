"""Ways out: e-mail and HTTP. What is sent is made elsewhere; nothing here knows a query."""
