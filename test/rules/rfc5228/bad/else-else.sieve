# RFC 5228 section 3.1: there is one else.
if true { keep; } else { keep; } else { keep; }
