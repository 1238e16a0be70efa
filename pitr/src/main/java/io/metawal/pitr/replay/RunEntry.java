package io.metawal.pitr.replay;

/**
 * What one commit left of one key.
 *
 * @param seq the commit's
 * @param tombstone whether it deleted the key; {@code bytes} then hold an entry without value, for its key
 * @param bytes an entry in the form of {@code EntryCodec}, alone in its array
 */
record RunEntry(KeyBytes key, long seq, boolean tombstone, byte[] bytes) {}
