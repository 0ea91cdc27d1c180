# RFC 5228 section 3.2: require comes first.
keep;
require "fileinto";
fileinto "Work";
