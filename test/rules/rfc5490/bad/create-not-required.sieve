# RFC 5490 section 3.2.
require "fileinto"; fileinto :create "INBOX";
