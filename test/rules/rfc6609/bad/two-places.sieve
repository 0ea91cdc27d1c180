# RFC 6609 section 3.1: personal or global.
require "include"; include :personal :global "redirect";
