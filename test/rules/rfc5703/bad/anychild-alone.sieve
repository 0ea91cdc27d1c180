# RFC 5703 section 4: :anychild goes with :mime.
require "mime"; if header :anychild "content-type" "x" { keep; }
