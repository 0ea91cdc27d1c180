# RFC 5463 section 5.
require "ihave"; if not ihave "vnd.example.nothing" { error "what a pity"; }
