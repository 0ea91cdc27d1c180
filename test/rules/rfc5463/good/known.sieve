# RFC 5463 section 4.
require "ihave"; if ihave "copy" { redirect :copy "ann@example.com"; }
