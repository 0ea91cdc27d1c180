# RFC 5228 section 3.2: require stands at the top.
if true { require "fileinto"; fileinto "Work"; }
