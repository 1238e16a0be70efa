package io.metawal.pitr.replay;

import io.metawal.metadata.commit.Space;
import java.util.Arrays;

/** A key as a place in an array, which must not change. Ordered as entry keys are. */
record KeyBytes(Space space, byte[] bytes, int at, int length) implements Comparable<KeyBytes> {
    @Override
    public int compareTo(KeyBytes other) {
        int bySpace = sameSpace(other) ? 0 : space.compareTo(other.space);
        return bySpace != 0
                ? bySpace
                : Arrays.compareUnsigned(bytes, at, at + length, other.bytes, other.at, other.at + other.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyBytes key
                && sameSpace(key)
                && Arrays.equals(bytes, at, at + length, key.bytes, key.at, key.at + key.length);
    }

    /** Equal strings are nearly always the same one here, which {@code equals} sees first. */
    private boolean sameSpace(KeyBytes other) {
        return space.name().equals(other.space.name());
    }

    @Override
    public int hashCode() {
        int hash = space.hashCode();
        for (int n = at; n < at + length; n++) {
            hash = 31 * hash + bytes[n];
        }
        return hash;
    }
}
