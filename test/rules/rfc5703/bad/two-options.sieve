# RFC 5703 section 4.1: one option.
require "mime"; if header :mime :type :subtype "content-type" "x" { keep; }
