# RFC 5235 section 2.5: :percent belongs to spamtestplus.
require "spamtest"; if spamtest :percent "0" { keep; }
