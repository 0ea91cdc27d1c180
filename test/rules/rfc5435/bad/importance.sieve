# RFC 5435 section 3.4: "1", "2" or "3".
require "enotify"; notify :importance "4" "mailto:phone@example.org";
