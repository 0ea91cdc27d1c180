# RFC 5293 section 4: a field name.
require "editheader"; addheader "X A:" "x";
