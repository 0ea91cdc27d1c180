# RFC 5183 section 3.
if environment "name" "x" { keep; }
