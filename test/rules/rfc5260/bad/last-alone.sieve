# RFC 5260 section 6: :last goes with :index.
require "index"; if header :last "x-a" "x" { keep; }
