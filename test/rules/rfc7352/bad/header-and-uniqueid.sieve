# RFC 7352 section 3.1: one or the other.
require "duplicate"; if duplicate :header "X-Id" :uniqueid "a" { discard; }
