package io.metawal.connectors.risingwave.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.openhft.hashing.LongHashFunction;

/** A second, plain reader and writer of snapshots, from what is known of the format and nothing of ours: all in memory. */
public final class PlainSnapshot {
    /** In version 1: what stands there without a count, by place. */
    private static final List<Integer> SINGLE = List.of(2, 3, 16, 17);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    public final int version;
    public final long id;
    public final List<List<byte[]>> sections = new ArrayList<>();
    public byte[] tail = new byte[0];

    public PlainSnapshot(int version, long id) {
        this.version = version;
        this.id = id;
    }

    public static PlainSnapshot parse(byte[] bytes, int sectionCount) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long stored = in.getLong(bytes.length - 8);
        if (stored != LongHashFunction.xx().hashBytes(bytes, 0, bytes.length - 8)) {
            throw new AssertionError("checksum");
        }
        in.limit(bytes.length - 8);
        PlainSnapshot snapshot = new PlainSnapshot(in.getInt(), in.getLong());
        for (int n = 0; n < sectionCount; n++) {
            int count = snapshot.version == 1 && SINGLE.contains(n) ? 1 : in.getInt();
            List<byte[]> rows = new ArrayList<>();
            for (int row = 0; row < count; row++) {
                long length = in.getInt();
                if (length == 0 && snapshot.version == 2) {
                    length = in.getLong();
                }
                byte[] one = new byte[(int) length];
                in.get(one);
                rows.add(one);
            }
            snapshot.sections.add(rows);
        }
        snapshot.tail = new byte[in.remaining()];
        in.get(snapshot.tail);
        return snapshot;
    }

    public byte[] bytes() {
        out.reset();
        number(version, 4);
        number(id, 8);
        for (int n = 0; n < sections.size(); n++) {
            List<byte[]> rows = sections.get(n);
            if (version == 2 || !SINGLE.contains(n)) {
                number(rows.size(), 4);
            }
            for (byte[] row : rows) {
                number(row.length, 4);
                out.writeBytes(row);
            }
        }
        out.writeBytes(tail);
        return sealed(out.toByteArray());
    }

    public static byte[] sealed(byte[] body) {
        byte[] bytes = Arrays.copyOf(body, body.length + 8);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(body.length, LongHashFunction.xx().hashBytes(body));
        return bytes;
    }

    private void number(long value, int width) {
        for (int n = 0; n < width; n++) {
            out.write((int) (value >>> 8 * n));
        }
    }
}
