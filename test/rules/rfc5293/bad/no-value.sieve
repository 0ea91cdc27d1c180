# RFC 5293 section 4.
require "editheader"; addheader "X-A";
