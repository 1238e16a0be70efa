package io.metawal.metadata.commit;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A commit's payload: the protobuf message {@code CommitBody} of {@code docs/formats/commit.proto}, written and read by
 * hand because replay spends its time here. A test holds it against code generated from that file.
 *
 * <pre>
 * 1 actor  2 origin  3 source_position  4 gap_reason  5 spaces (repeated)  6 changes (repeated, after all spaces)
 * change: 1 space (index into spaces)  2 key  3 delete  4 value  5 meta
 * </pre>
 *
 * Unknown fields are stepped over.
 */
public final class BodyCodec {
    /** A payload is at most this long: a limit told when a commit is offered, never first at restore. */
    public static final int PAYLOAD_BYTES_MAX = 1 << 30;

    private static final int ACTOR = 1;
    private static final int ORIGIN = 2;
    private static final int POSITION = 3;
    private static final int GAP = 4;
    private static final int SPACES = 5;
    private static final int CHANGES = 6;
    private static final int CHANGE_SPACE = 1;
    private static final int CHANGE_KEY = 2;
    private static final int CHANGE_DELETE = 3;
    private static final int CHANGE_VALUE = 4;
    private static final int CHANGE_META = 5;

    private BodyCodec() {}

    /** The payload bytes; a usage error where they would be longer than {@link #PAYLOAD_BYTES_MAX}. */
    public static byte[] encode(CommitBody body) {
        return encode(body, 0);
    }

    /** As {@link #encode(CommitBody)}, with {@code room} bytes of zeros before the payload. */
    static byte[] encode(CommitBody body, int room) {
        Map<Space, Integer> spaces = new LinkedHashMap<>();
        long size = (long) textSize(ACTOR, body.actor())
                + textSize(ORIGIN, body.origin())
                + Wire.sizeOfBytes(POSITION, body.sourcePosition())
                + textSize(GAP, body.gapReason());
        int[] changeSizes = new int[body.changes().size()];
        int n = 0;
        for (Change change : body.changes()) {
            Space space = change.entryKey().space();
            Integer index = spaces.get(space);
            if (index == null) {
                index = spaces.size();
                spaces.put(space, index);
                size += CodedOutputStream.computeStringSize(SPACES, space.name());
            }
            int changeSize = changeSize(change, index);
            changeSizes[n++] = changeSize;
            size += 1L + CodedOutputStream.computeUInt32SizeNoTag(changeSize) + changeSize;
        }
        if (size > PAYLOAD_BYTES_MAX) {
            throw new UsageException("a commit of " + body.changes().size() + " changes has " + size
                    + " bytes, more than the limit of " + PAYLOAD_BYTES_MAX + ": split it at the source");
        }
        byte[] bytes = new byte[room + (int) size];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, room, (int) size);
            write(body, spaces, changeSizes, out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("the size of a commit was computed wrong", e);
        }
        return bytes;
    }

    private static void write(CommitBody body, Map<Space, Integer> spaces, int[] changeSizes, CodedOutputStream out)
            throws IOException {
        writeText(out, ACTOR, body.actor());
        writeText(out, ORIGIN, body.origin());
        writeBytes(out, POSITION, body.sourcePosition());
        writeText(out, GAP, body.gapReason());
        for (Space space : spaces.keySet()) {
            out.writeString(SPACES, space.name());
        }
        int n = 0;
        for (Change change : body.changes()) {
            out.writeTag(CHANGES, 2);
            out.writeUInt32NoTag(changeSizes[n++]);
            int space = spaces.getOrDefault(change.entryKey().space(), 0);
            if (space != 0) {
                out.writeUInt32(CHANGE_SPACE, space);
            }
            writeBytes(out, CHANGE_KEY, change.entryKey().key());
            if (change.op() == Op.DELETE) {
                out.writeBool(CHANGE_DELETE, true);
            }
            writeBytes(out, CHANGE_VALUE, change.value());
            writeBytes(out, CHANGE_META, change.meta());
        }
    }

    private static int changeSize(Change change, int space) {
        return (space == 0 ? 0 : CodedOutputStream.computeUInt32Size(CHANGE_SPACE, space))
                + Wire.sizeOfBytes(CHANGE_KEY, change.entryKey().key())
                + (change.op() == Op.DELETE ? 2 : 0)
                + Wire.sizeOfBytes(CHANGE_VALUE, change.value())
                + Wire.sizeOfBytes(CHANGE_META, change.meta());
    }

    private static int textSize(int field, String text) {
        return text.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, text);
    }

    private static void writeText(CodedOutputStream out, int field, String text) throws IOException {
        if (!text.isEmpty()) {
            out.writeString(field, text);
        }
    }

    private static void writeBytes(CodedOutputStream out, int field, ByteString bytes) throws IOException {
        if (!bytes.isEmpty()) {
            out.writeBytes(field, bytes);
        }
    }

    public static CommitBody decode(byte[] bytes, int offset, int length) {
        List<Change> changes = new ArrayList<>();
        Wire wire = new Wire(bytes, offset, length);
        return read(
                wire,
                bytes,
                (space, keyAt, keyLength, op, valueAt, valueLength, metaAt, metaLength) -> {
                    EntryKey key = new EntryKey(space, ByteString.copyFrom(bytes, keyAt, keyLength));
                    changes.add(new Change(
                            key,
                            op,
                            ByteString.copyFrom(bytes, valueAt, valueLength),
                            ByteString.copyFrom(bytes, metaAt, metaLength)));
                },
                changes);
    }

    /** Shows a payload's changes to {@code visitor} without copying them. */
    public static void scan(byte[] bytes, int offset, int length, ChangeVisitor visitor) {
        Wire wire = new Wire(bytes, offset, length);
        List<Space> spaces = new ArrayList<>(2);
        while (wire.more()) {
            int tag = wire.varint();
            if (tag == (CHANGES << 3 | 2)) {
                readChange(wire, bytes, spaces, visitor);
            } else if (tag == (SPACES << 3 | 2)) {
                spaces.add(SpaceNames.intern(wire.text()));
            } else {
                wire.skipField(tag);
            }
        }
    }

    private static CommitBody read(Wire wire, byte[] bytes, ChangeVisitor visitor, List<Change> changes) {
        String actor = "";
        String origin = "";
        ByteString position = ByteString.EMPTY;
        String gap = "";
        List<Space> spaces = new ArrayList<>(2);
        while (wire.more()) {
            int tag = wire.varint();
            switch (tag) {
                case ACTOR << 3 | 2 -> actor = wire.text();
                case ORIGIN << 3 | 2 -> origin = wire.text();
                case POSITION << 3 | 2 -> position = wire.bytes();
                case GAP << 3 | 2 -> gap = wire.text();
                case SPACES << 3 | 2 -> spaces.add(SpaceNames.intern(wire.text()));
                case CHANGES << 3 | 2 -> readChange(wire, bytes, spaces, visitor);
                default -> wire.skipField(tag);
            }
        }
        return new CommitBody(actor, origin, position, gap, changes);
    }

    private static void readChange(Wire wire, byte[] bytes, List<Space> spaces, ChangeVisitor visitor) {
        int length = wire.length();
        int start = wire.at();
        int end = start + length;
        Wire change = new Wire(bytes, start, length);
        int space = 0;
        Op op = Op.PUT;
        int keyAt = end;
        int keyLength = 0;
        int valueAt = end;
        int valueLength = 0;
        int metaAt = end;
        int metaLength = 0;
        while (change.more()) {
            int tag = change.varint();
            switch (tag) {
                case CHANGE_SPACE << 3 -> space = change.varint();
                case CHANGE_KEY << 3 | 2 -> {
                    keyLength = change.length();
                    keyAt = change.at();
                    change.skip(keyLength);
                }
                case CHANGE_DELETE << 3 -> op = change.varint() == 0 ? Op.PUT : Op.DELETE;
                case CHANGE_VALUE << 3 | 2 -> {
                    valueLength = change.length();
                    valueAt = change.at();
                    change.skip(valueLength);
                }
                case CHANGE_META << 3 | 2 -> {
                    metaLength = change.length();
                    metaAt = change.at();
                    change.skip(metaLength);
                }
                default -> change.skipField(tag);
            }
        }
        wire.skip(length);
        if (space < 0 || space >= spaces.size()) {
            throw new CorruptException("commit payload: the change at byte " + start + " is in space number " + space
                    + ", but only " + spaces.size() + " are named");
        }
        visitor.change(spaces.get(space), keyAt, keyLength, op, valueAt, valueLength, metaAt, metaLength);
    }
}
