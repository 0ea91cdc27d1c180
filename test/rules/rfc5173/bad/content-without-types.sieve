# RFC 5173 section 5.2.
require "body"; if body :content :contains "x" { keep; }
