# RFC 5703 section 4.
if header :mime "content-type" "x" { keep; }
