package io.metawal.pitr.replay;

import io.metawal.metadata.commit.Space;
import java.util.Arrays;

/**
 * A key as a place in an array: looked up without being copied, copied only when it is kept. Ordered as entry keys are. Not
 * immutable: {@link #point} moves it, so only those that were never moved may stand in a map.
 */
final class KeyBytes implements Comparable<KeyBytes> {
    private Space space;
    private byte[] bytes;
    private int at;
    private int length;
    private int hash;

    KeyBytes(Space space, byte[] bytes, int at, int length) {
        this.space = space;
        this.bytes = bytes;
        this.at = at;
        this.length = length;
        this.hash = hash(space, bytes, at, length);
    }

    KeyBytes point(Space newSpace, byte[] newBytes, int newAt, int newLength) {
        space = newSpace;
        bytes = newBytes;
        at = newAt;
        length = newLength;
        hash = hash(newSpace, newBytes, newAt, newLength);
        return this;
    }

    private static int hash(Space space, byte[] bytes, int at, int length) {
        int hash = space.name().hashCode();
        for (int n = at; n < at + length; n++) {
            hash = 31 * hash + bytes[n];
        }
        return hash ^ hash >>> 16;
    }

    Space space() {
        return space;
    }

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
                && hash == key.hash
                && sameSpace(key)
                && Arrays.equals(bytes, at, at + length, key.bytes, key.at, key.at + key.length);
    }

    /** Equal strings are nearly always the same one here, which {@code equals} sees first. */
    private boolean sameSpace(KeyBytes other) {
        return space.name().equals(other.space.name());
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
