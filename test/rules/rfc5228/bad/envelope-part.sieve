# RFC 5228 section 5.4: a part nobody knows is an error.
require "envelope";
if envelope "weather" "x" { keep; }
