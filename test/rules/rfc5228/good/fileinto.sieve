# RFC 5228 section 4.1 and 2.10.3.
require "fileinto";
fileinto "Work";
fileinto "Work";
