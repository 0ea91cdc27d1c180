# RFC 5173 section 3.
if body :contains "x" { keep; }
