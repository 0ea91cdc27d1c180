# RFC 6609 section 3.1: the included script is wrong.
require "include"; include "bad";
