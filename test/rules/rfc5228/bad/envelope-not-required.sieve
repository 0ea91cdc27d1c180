# RFC 5228 section 5.4: envelope has to be required.
if envelope "from" "x" { keep; }
