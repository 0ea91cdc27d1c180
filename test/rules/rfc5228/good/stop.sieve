# RFC 5228 section 3.3.
if true {
    keep;
    stop;
}
discard;
