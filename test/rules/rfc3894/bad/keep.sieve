# RFC 3894 section 3: only fileinto and redirect.
require "copy"; keep :copy;
