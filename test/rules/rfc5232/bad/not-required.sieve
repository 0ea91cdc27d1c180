# RFC 5232 section 2.
setflag "\\Seen";
