package io.metawal.metadata.commit;

/**
 * A commit's record before it has its place: the payload encoded and hashed, with room for the header before it, so that giving
 * it a place copies nothing. Placed once: the array becomes the record's.
 */
public final class UnplacedRecord {
    private final CommitKind kind;
    private final boolean afterGap;
    private final int changeCount;
    private final byte[] bytes;
    private final byte[] payloadHash;

    private UnplacedRecord(CommitKind kind, boolean afterGap, int changeCount, byte[] bytes, byte[] payloadHash) {
        this.kind = kind;
        this.afterGap = afterGap;
        this.changeCount = changeCount;
        this.bytes = bytes;
        this.payloadHash = payloadHash;
    }

    /** A usage error where the payload would be longer than {@link BodyCodec#PAYLOAD_BYTES_MAX}. */
    public static UnplacedRecord of(CommitKind kind, CommitBody body) {
        byte[] bytes = BodyCodec.encode(body, CommitRecord.HEADER_LENGTH);
        byte[] payloadHash = Sha256.of(bytes, CommitRecord.HEADER_LENGTH, bytes.length - CommitRecord.HEADER_LENGTH);
        return new UnplacedRecord(kind, body.afterGap(), body.changes().size(), bytes, payloadHash);
    }

    /** The record at a place. */
    public CommitRecord at(CommitRecord.Place place) {
        return CommitRecord.write(
                this,
                place.timeline(),
                place.seq(),
                place.clocks(),
                place.previousChain().value().toByteArray(),
                0);
    }

    /** Bytes of the record, its header included. */
    public int length() {
        return bytes.length;
    }

    CommitKind kind() {
        return kind;
    }

    public boolean afterGap() {
        return afterGap;
    }

    int changeCount() {
        return changeCount;
    }

    byte[] bytes() {
        return bytes;
    }

    byte[] payloadHash() {
        return payloadHash;
    }
}
