package io.metawal.metadata.commit;

import com.google.protobuf.ByteString;
import java.util.Comparator;

/** Where an entry lives: a key in a space. Ordered by space name, then by the key's bytes, unsigned. */
public record EntryKey(Space space, ByteString key) implements Comparable<EntryKey> {
    private static final Comparator<ByteString> BYTES = ByteString.unsignedLexicographicalComparator();

    public static EntryKey of(String space, String key) {
        return new EntryKey(new Space(space), ByteString.copyFromUtf8(key));
    }

    @Override
    public int compareTo(EntryKey other) {
        int bySpace = space.compareTo(other.space);
        return bySpace != 0 ? bySpace : BYTES.compare(key, other.key);
    }
}
