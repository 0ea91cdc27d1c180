# RFC 5229 section 4.1: modifiers of the same precedence.
require "variables"; set :lower :upper "a" "x";
