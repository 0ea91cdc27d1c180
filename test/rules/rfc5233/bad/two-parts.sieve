# RFC 5228 section 2.7.4: one address part.
require "subaddress"; if address :user :detail "to" "x" { keep; }
