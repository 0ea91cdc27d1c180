# RFC 5232 section 2: named variables belong to the variables extension.
require "imap4flags"; setflag "mine" "\\Seen";
