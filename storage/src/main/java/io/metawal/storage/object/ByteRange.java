package io.metawal.storage.object;

import io.metawal.metadata.fault.UsageException;

/** Bytes that a reader asks for; what lies behind an object's end is not there to be had. */
record ByteRange(long offset, int length) {
    ByteRange {
        if (offset < 0 || length < 0) {
            throw new UsageException(
                    "a range starts and has a length of 0 or more, found " + length + " from " + offset);
        }
    }

    /** How many bytes of an object of this size are in the range. */
    int lengthIn(long size) {
        return (int) Math.min(length, Math.max(0, size - offset));
    }
}
