# RFC 5233 section 3.
if address :detail "to" "x" { keep; }
