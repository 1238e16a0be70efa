package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.io.IOException;
import java.util.Arrays;

/**
 * One SST of a run: its message's bytes and where its key range lies in them. 48 bytes on a 64-bit JVM with compressed
 * references, and 16 and the message in the array.
 *
 * <p>Order, as RisingWave's: user keys ascending, then epochs, which are a key's last eight bytes, descending; an empty left
 * end comes before all, an empty right end after all. See {@link #goesBefore} for which neighbours overlap.
 */
final class Sst implements Comparable<Sst> {
    private static final int EPOCH_BYTES = 8;

    private static final int LENGTH_DELIMITED = 2;
    private static final int VARINT = 0;
    private static final int KEY_RANGE_TAG = SstableInfo.KEY_RANGE_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
    private static final int LEFT_TAG = KeyRange.LEFT_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
    private static final int RIGHT_TAG = KeyRange.RIGHT_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
    private static final int RIGHT_EXCLUSIVE_TAG = KeyRange.RIGHT_EXCLUSIVE_FIELD_NUMBER << 3 | VARINT;

    private final long id;
    private final byte[] bytes;
    private final int at;
    private int leftAt;
    private int leftEnd;
    private int rightAt;
    private int rightEnd;
    private boolean rightExclusive;

    /** @param at {@link HummockKeys#NOWHERE} in a run that is sorted by key range */
    private Sst(long id, byte[] bytes, int at) {
        this.id = id;
        this.bytes = bytes;
        this.at = at;
        try {
            findRange();
        } catch (IOException e) {
            throw malformed(id, e);
        }
    }

    static Sst of(SstableInfo info, int at) {
        return new Sst(info.getSstId(), info.toByteArray(), at);
    }

    /** From an entry's value. */
    static Sst of(long id, ByteString value, int at) {
        Sst sst = new Sst(id, value.toByteArray(), at);
        SstableInfo info = sst.info();
        if (info.getSstId() != id) {
            throw new HummockFaultException(
                    "the entry of SST " + HummockKeys.u64(id), "that SST", "SST " + HummockKeys.u64(info.getSstId()));
        }
        return sst;
    }

    long id() {
        return id;
    }

    int at() {
        return at;
    }

    ByteString value() {
        return ByteString.copyFrom(bytes);
    }

    SstableInfo info() {
        try {
            return SstableInfo.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(id, e);
        }
    }

    /** What an SST counts for in its level: its own part of the file, from v2.1 on, or the file. */
    static long size(SstableInfo info) {
        return info.getSstSize() != 0 ? info.getSstSize() : info.getFileSize();
    }

    @Override
    public int compareTo(Sst other) {
        if (at != other.at) {
            return Integer.compare(at, other.at);
        }
        int byRange = at == HummockKeys.NOWHERE ? compareRange(other) : 0;
        return byRange != 0 ? byRange : Long.compareUnsigned(id, other.id);
    }

    private int compareRange(Sst other) {
        int byLeft = compareKeys(bytes, leftAt, leftEnd, other.bytes, other.leftAt, other.leftEnd);
        if (byLeft != 0) {
            return byLeft;
        }
        boolean open = rightAt == rightEnd;
        boolean otherOpen = other.rightAt == other.rightEnd;
        if (open || otherOpen) {
            return Boolean.compare(open, otherOpen);
        }
        int byRight = compareKeys(bytes, rightAt, rightEnd, other.bytes, other.rightAt, other.rightEnd);
        return byRight != 0 ? byRight : -Boolean.compare(rightExclusive, other.rightExclusive);
    }

    /** Whether this one's right end lies before the next one's left end; both may have one user key if the right end is exclusive. */
    boolean goesBefore(Sst next) {
        if (rightAt == rightEnd || next.leftAt == next.leftEnd) {
            return false;
        }
        int order = Arrays.compareUnsigned(
                bytes,
                rightAt,
                userEnd(rightAt, rightEnd),
                next.bytes,
                next.leftAt,
                userEnd(next.leftAt, next.leftEnd));
        return order < 0 || order == 0 && rightExclusive;
    }

    /** Two full keys, as above. */
    static int compareKeys(ByteString a, ByteString b) {
        return compareKeys(a.toByteArray(), 0, a.size(), b.toByteArray(), 0, b.size());
    }

    private static int compareKeys(byte[] a, int aAt, int aEnd, byte[] b, int bAt, int bEnd) {
        int aUser = userEnd(aAt, aEnd);
        int bUser = userEnd(bAt, bEnd);
        int byUser = Arrays.compareUnsigned(a, aAt, aUser, b, bAt, bUser);
        return byUser != 0 ? byUser : Arrays.compareUnsigned(b, bUser, bEnd, a, aUser, aEnd);
    }

    /** A key too short for an epoch is a user key as a whole. */
    private static int userEnd(int at, int end) {
        return end - at < EPOCH_BYTES ? end : end - EPOCH_BYTES;
    }

    private void findRange() throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag != KEY_RANGE_TAG) {
                in.skipField(tag);
                continue;
            }
            int limit = in.pushLimit(in.readRawVarint32());
            for (int part = in.readTag(); part != 0; part = in.readTag()) {
                readPart(in, part);
            }
            in.popLimit(limit);
        }
    }

    private void readPart(CodedInputStream in, int tag) throws IOException {
        switch (tag) {
            case LEFT_TAG -> {
                int length = in.readRawVarint32();
                leftAt = in.getTotalBytesRead();
                leftEnd = leftAt + length;
                in.skipRawBytes(length);
            }
            case RIGHT_TAG -> {
                int length = in.readRawVarint32();
                rightAt = in.getTotalBytesRead();
                rightEnd = rightAt + length;
                in.skipRawBytes(length);
            }
            case RIGHT_EXCLUSIVE_TAG -> rightExclusive = in.readBool();
            default -> in.skipField(tag);
        }
    }

    private static HummockFaultException malformed(long id, IOException e) {
        return new HummockFaultException(
                "SST " + HummockKeys.u64(id), "an SstableInfo", String.valueOf(e.getMessage()));
    }
}
