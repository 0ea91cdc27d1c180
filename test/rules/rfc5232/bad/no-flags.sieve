# RFC 5232 section 3.1.
require "imap4flags"; setflag;
