package io.metawal.metadata.image;

import net.openhft.hashing.LongTupleHashFunction;

/** XXH3, 128 bits, seed 0, over an entry's bytes in the form of {@link EntryCodec}: what a {@link Digest} sums up. */
public final class EntryHash {
    private static final LongTupleHashFunction XXH128 = LongTupleHashFunction.xx128();

    private EntryHash() {}

    public static Digest of(Entry entry) {
        byte[] bytes = EntryCodec.encode(entry);
        return of(bytes, 0, bytes.length);
    }

    /** The digest of the one entry whose encoded bytes these are. */
    public static Digest of(byte[] bytes, int offset, int length) {
        long[] hash = XXH128.newResultArray();
        XXH128.hashBytes(bytes, offset, length, hash);
        return new Digest(hash[1], hash[0], 1);
    }
}
