# RFC 6609 section 3.3.
require "include"; return; redirect "never@example.com";
