# RFC 5228 section 2.4.2.3: redirect takes an address.
redirect "not an address";
