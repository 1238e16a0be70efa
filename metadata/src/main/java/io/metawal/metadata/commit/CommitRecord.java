package io.metawal.metadata.commit;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.zip.CRC32C;

/**
 * A commit's bytes: the same in the hot log, on Kafka, in segments. Little-endian, a header of 96 bytes, then the payload
 * of {@link BodyCodec}.
 *
 * <pre>
 *  0 u32 payload length      4 u32 CRC32C of bytes 8 to the end
 *  8 u64 seq                16 u64 epoch             24 i64 time, µs since 1970 UTC
 * 32 u32 timeline           36 u32 change count
 * 40 u8  kind               41 u8  1 = after a gap   42 u16 0        44 u32 record format = 1
 * 48 i64 observed until, µs, 0 = never      56 i64 time before it was clamped, µs
 * 64 32 bytes chain = SHA-256(previous chain ‖ bytes 8 to 63 ‖ SHA-256(payload))
 * 96 payload
 * </pre>
 *
 * A view on a shared array: the array must not change while the record is in use.
 */
public final class CommitRecord {
    public static final int HEADER_LENGTH = 96;
    public static final int FORMAT = 1;

    private static final int CRC_AT = 4;
    private static final int SUMMED_FROM = 8;
    private static final int CHAIN_AT = 64;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int offset;
    private final int length;

    private CommitRecord(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
    }

    /** What the sequencer gives a commit: its place. */
    public record Place(int timeline, long seq, CommitClocks clocks, Chain previousChain) {}

    /** The record of a body at its place. */
    public static CommitRecord write(Place place, CommitKind kind, CommitBody body) {
        return UnplacedRecord.of(kind, body).at(place);
    }

    /** The record of a draft right after this one. */
    public CommitRecord next(UnplacedRecord draft, CommitClocks wanted, long nowMicros) {
        CommitClocks clocks = wanted.after(epoch(), timeMicros(), nowMicros, draft.afterGap());
        return write(draft, timeline(), seq() + 1, clocks, bytes, offset + CHAIN_AT);
    }

    /** Fills the room that the draft left for its header; {@code chainBefore} has the chain value before it, from {@code chainAt} on. */
    static CommitRecord write(
            UnplacedRecord draft, int timeline, long seq, CommitClocks clocks, byte[] chainBefore, int chainAt) {
        byte[] bytes = draft.bytes();
        INT.set(bytes, 0, bytes.length - HEADER_LENGTH);
        LONG.set(bytes, 8, seq);
        LONG.set(bytes, 16, clocks.epoch());
        LONG.set(bytes, 24, clocks.timeMicros());
        INT.set(bytes, 32, timeline);
        INT.set(bytes, 36, draft.changeCount());
        bytes[40] = draft.kind().number();
        bytes[41] = (byte) (draft.afterGap() ? 1 : 0);
        INT.set(bytes, 44, FORMAT);
        LONG.set(bytes, 48, clocks.observedUntilMicros());
        LONG.set(bytes, 56, clocks.clockMicros());
        CommitRecord record = new CommitRecord(bytes, 0, bytes.length);
        record.chainAfter(chainBefore, chainAt, draft.payloadHash(), bytes, CHAIN_AT);
        INT.set(bytes, CRC_AT, record.crc());
        return record;
    }

    /**
     * The record that starts at {@code offset}; its length and CRC are checked, its chain is not.
     *
     * @param where names the place for an error, such as a file and its byte
     */
    public static CommitRecord read(byte[] bytes, int offset, int available, String where) {
        CommitRecord record = unchecked(bytes, offset, available, where);
        int expected = (int) INT.get(bytes, offset + CRC_AT);
        int actual = record.crc();
        if (expected != actual) {
            throw new CorruptException(String.format(
                    "%s: the commit record of seq %d has CRC32C %08x, expected %08x",
                    where, record.seq(), actual, expected));
        }
        return record;
    }

    /** As {@link #read}, for bytes whose checksum was checked already as part of a larger block. */
    public static CommitRecord unchecked(byte[] bytes, int offset, int available, String where) {
        if (available < HEADER_LENGTH) {
            throw new CorruptException(
                    where + ": a commit record needs at least " + HEADER_LENGTH + " bytes, found " + available);
        }
        int payloadLength = (int) INT.get(bytes, offset);
        if (payloadLength < 0 || payloadLength > available - HEADER_LENGTH) {
            throw new CorruptException(where + ": a commit record announces " + Integer.toUnsignedString(payloadLength)
                    + " bytes of payload, found " + (available - HEADER_LENGTH));
        }
        int format = (int) INT.get(bytes, offset + 44);
        if (format > FORMAT || format < 1) {
            throw new UnsupportedFormatException(where + ": commit record format " + format
                    + ", this version reads format " + FORMAT + ": use a newer metawal, or the record is damaged");
        }
        if (!CommitKind.known(bytes[offset + 40])) {
            throw new UnsupportedFormatException(where + ": a commit of kind " + bytes[offset + 40]
                    + ", which this version does not know: read it with a newer metawal, or the record is damaged");
        }
        return new CommitRecord(bytes, offset, HEADER_LENGTH + payloadLength);
    }

    private int crc() {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset + SUMMED_FROM, length - SUMMED_FROM);
        return (int) crc.getValue();
    }

    private void chainAfter(byte[] previous, int at, byte[] payloadHash, byte[] to, int toAt) {
        MessageDigest sha = Sha256.own();
        sha.update(previous, at, Chain.LENGTH);
        sha.update(bytes, offset + SUMMED_FROM, CHAIN_AT - SUMMED_FROM);
        sha.update(payloadHash);
        try {
            sha.digest(to, toAt, Chain.LENGTH);
        } catch (DigestException e) {
            throw new IllegalStateException("a chain value has no room", e);
        }
    }

    /** Whether this record's chain value follows from the one before it. */
    public boolean follows(Chain previous) {
        byte[] expected = new byte[Chain.LENGTH];
        byte[] payloadHash = Sha256.of(bytes, payloadAt(), payloadLength());
        chainAfter(previous.value().toByteArray(), 0, payloadHash, expected, 0);
        return chain().matches(Chain.of(expected, 0));
    }

    public long seq() {
        return (long) LONG.get(bytes, offset + 8);
    }

    public long epoch() {
        return (long) LONG.get(bytes, offset + 16);
    }

    public long timeMicros() {
        return (long) LONG.get(bytes, offset + 24);
    }

    /** Up to when the source is known to have made no other commit before this one; 0 for never. */
    public long observedUntilMicros() {
        return (long) LONG.get(bytes, offset + 48);
    }

    /** The time before it was clamped. */
    public long clockMicros() {
        return (long) LONG.get(bytes, offset + 56);
    }

    public CommitClocks clocks() {
        return new CommitClocks(epoch(), timeMicros(), observedUntilMicros(), clockMicros());
    }

    public int timeline() {
        return (int) INT.get(bytes, offset + 32);
    }

    public int changeCount() {
        return (int) INT.get(bytes, offset + 36);
    }

    public CommitKind kind() {
        return CommitKind.of(bytes[offset + 40]);
    }

    public boolean afterGap() {
        return bytes[offset + 41] != 0;
    }

    public Chain chain() {
        return Chain.of(bytes, offset + CHAIN_AT);
    }

    public CommitHeader header() {
        return new CommitHeader(
                timeline(),
                seq(),
                epoch(),
                timeMicros(),
                observedUntilMicros(),
                clockMicros(),
                kind(),
                afterGap(),
                changeCount(),
                chain(),
                payloadLength());
    }

    public Commit commit() {
        return new Commit(header(), BodyCodec.decode(bytes, payloadAt(), payloadLength()));
    }

    /** The array that this record is a view on. */
    public byte[] array() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    /** Bytes of header and payload. */
    public int length() {
        return length;
    }

    public int payloadAt() {
        return offset + HEADER_LENGTH;
    }

    public int payloadLength() {
        return length - HEADER_LENGTH;
    }
}
