# RFC 5228 section 4.1.
require "fileinto";
fileinto "No such mailbox";
