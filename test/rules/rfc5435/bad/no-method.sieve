# RFC 5435 section 3.1.
require "enotify"; notify :message "x";
