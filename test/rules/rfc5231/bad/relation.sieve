# RFC 5231 section 3: there are six relations.
require "relational"; if header :value "like" "subject" "x" { keep; }
