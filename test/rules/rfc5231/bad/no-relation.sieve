# RFC 5231 section 3: a relation has to follow.
require "relational"; if header :count "subject" ["1"] { keep; }
