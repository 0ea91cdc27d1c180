# RFC 5229 section 3: nothing is replaced without variables.
require "fileinto"; fileinto "${name}";
