package io.metawal.metadata.commit;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.metawal.metadata.fault.CorruptException;

/** A cursor over protobuf wire bytes that copies nothing; any read past its end is corruption. */
final class Wire {
    private final byte[] bytes;
    private final int end;
    private int at;

    Wire(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    boolean more() {
        return at < end;
    }

    int at() {
        return at;
    }

    int varint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (at >= end) {
                throw ended("a number");
            }
            byte b = bytes[at++];
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        // A 64-bit number of which only unknown fields have use: its upper bits do not matter.
        for (int extra = 0; extra < 5; extra++) {
            if (at >= end) {
                throw ended("a number");
            }
            if (bytes[at++] >= 0) {
                return value;
            }
        }
        throw new CorruptException("commit payload: a number at byte " + at + " is longer than 10 bytes");
    }

    /** Reads the length of what follows and checks that it is there; {@link #at()} is then its first byte. */
    int length() {
        int length = varint();
        if (length < 0 || length > end - at) {
            throw new CorruptException("commit payload: a field of " + Integer.toUnsignedString(length)
                    + " bytes starts at byte " + at + ", but only " + (end - at) + " bytes are left");
        }
        return length;
    }

    void skip(int length) {
        at += length;
    }

    ByteString bytes() {
        int length = length();
        ByteString value = ByteString.copyFrom(bytes, at, length);
        at += length;
        return value;
    }

    String text() {
        return bytes().toStringUtf8();
    }

    /** Steps over a field that this version does not know. */
    void skipField(int tag) {
        switch (tag & 7) {
            case 0 -> varint();
            case 1 -> fixed(8);
            case 2 -> skip(length());
            case 5 -> fixed(4);
            default ->
                throw new CorruptException("commit payload: field tag " + tag + " before byte " + at
                        + " has a wire type that does not exist");
        }
    }

    private void fixed(int width) {
        if (width > end - at) {
            throw ended("a fixed field");
        }
        at += width;
    }

    private CorruptException ended(String what) {
        return new CorruptException("commit payload: it ends at byte " + at + " in the middle of " + what);
    }

    static int sizeOfBytes(int number, ByteString value) {
        return value.isEmpty() ? 0 : CodedOutputStream.computeBytesSize(number, value);
    }
}
