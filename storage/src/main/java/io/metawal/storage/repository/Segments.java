package io.metawal.storage.repository;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.SegmentFooter;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.format.SegmentHeader;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;

/** Reads segments, whole or by their ends, and holds each against its name. */
public final class Segments {
    private final ObjectStore store;

    public Segments(ObjectStore store) {
        this.store = store;
    }

    /** Where the log stands after a segment, and the hash by which the next one names it. */
    public record End(Provenance at, SegmentHash hash) {
        /** Before the first segment. */
        public static final End START = new End(Provenance.START, SegmentHash.NONE);
    }

    /** The whole segment, checked. */
    public Segment open(SegmentName name) {
        return checked(Segment.open(read(name), name.toString()), name);
    }

    private static Segment checked(Segment segment, SegmentName name) {
        checkName(segment.header(), name);
        return segment;
    }

    private byte[] read(SegmentName name) {
        try {
            return store.read(name.key());
        } catch (ObjectNotFoundException e) {
            throw missing(name, e);
        }
    }

    private static GapException missing(SegmentName name, ObjectNotFoundException e) {
        return new GapException(
                name + " is not in the repository any more: seq " + name.first() + " to " + name.last()
                        + " cannot be replayed; `metawal verify` shows what can be restored",
                e);
    }

    /** The header alone, by a ranged read. */
    public SegmentHeader header(SegmentName name) {
        try {
            SegmentHeader header =
                    SegmentHeader.decode(store.read(name.key(), 0, SegmentHeader.LENGTH), name.toString());
            checkName(header, name);
            return header;
        } catch (ObjectNotFoundException e) {
            throw missing(name, e);
        }
    }

    /** Where the log stands after this segment, by two ranged reads; the segment's hash is taken from its footer unchecked. */
    public End end(SegmentName name) {
        SegmentHeader header = header(name);
        ObjectStat stat = store.stat(name.key());
        if (stat == null) {
            throw missing(name, new ObjectNotFoundException(name + " vanished while it was read"));
        }
        int length = SegmentFooter.lengthOf(header);
        byte[] end = store.read(name.key(), Math.max(0, stat.size() - length), length);
        return end(header, SegmentFooter.decode(end, header.blocks(), name.toString()));
    }

    static End end(SegmentHeader header, SegmentFooter footer) {
        Provenance at = new Provenance(
                header.timeline(),
                header.lastSeq(),
                header.lastEpoch(),
                header.lastTimeMicros(),
                footer.lastChain(),
                footer.lastDigest());
        return new End(at, footer.hash());
    }

    private static void checkName(SegmentHeader header, SegmentName name) {
        SegmentName written = new SegmentName(header.timeline(), header.firstSeq(), header.lastSeq(), header.term());
        if (!written.equals(name)) {
            throw new CorruptException(name + " holds what was written as " + written + ": it is a copy under another"
                    + " name, or two objects were swapped");
        }
    }
}
