# RFC 5463 section 4.
require "ihave"; if ihave "vnd.example.nothing" { frobnicate :hard "x"; } else { keep; }
