# RFC 5228 section 3.1: elsif follows if.
keep;
elsif true { discard; }
