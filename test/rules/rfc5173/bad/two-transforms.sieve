# RFC 5173 section 5: one transform.
require "body"; if body :raw :text :contains "x" { keep; }
