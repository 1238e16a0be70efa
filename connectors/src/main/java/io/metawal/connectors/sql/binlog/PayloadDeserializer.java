package io.metawal.connectors.sql.binlog;

import com.github.luben.zstd.ZstdInputStream;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.TransactionPayloadEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDataDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction that MySQL compressed: fields of a type, a length and a value up to a type of 0, then the events, whose rows are read as those
 * of others. The client's own reader of it would read rows its own way.
 *
 * <pre>
 * 1  length of what is behind the fields
 * 2  how it is compressed: 0 zstd, 255 not at all
 * 3  its length before it was
 * </pre>
 */
final class PayloadDeserializer implements EventDataDeserializer<TransactionPayloadEventData> {
    private static final int END = 0;
    private static final int LENGTH = 1;
    private static final int COMPRESSION = 2;
    private static final int ZSTD = 0;
    private static final int NONE = 255;

    private final String database;

    PayloadDeserializer(String database) {
        this.database = database;
    }

    @Override
    public TransactionPayloadEventData deserialize(ByteArrayInputStream in) throws IOException {
        int length = 0;
        int compression = NONE;
        for (int field = in.readPackedInteger(); field != END; field = in.readPackedInteger()) {
            int size = in.readPackedInteger();
            switch (field) {
                case LENGTH -> length = in.readPackedInteger();
                case COMPRESSION -> compression = in.readPackedInteger();
                default -> in.skip(size);
            }
        }
        if (compression != ZSTD && compression != NONE) {
            throw new IOException("a transaction compressed in the way " + compression + ", expected zstd (0)");
        }
        TransactionPayloadEventData data = new TransactionPayloadEventData();
        data.setUncompressedEvents(new ArrayList<>(events(in.read(length), compression)));
        return data;
    }

    private List<Event> events(byte[] payload, int compression) throws IOException {
        RowEvents events = new RowEvents(database);
        List<Event> all = new ArrayList<>();
        try (ByteArrayInputStream plain = new ByteArrayInputStream(plain(payload, compression))) {
            for (Event event = events.nextEvent(plain); event != null; event = events.nextEvent(plain)) {
                all.add(event);
            }
        }
        return all;
    }

    private static byte[] plain(byte[] payload, int compression) throws IOException {
        if (compression == NONE) {
            return payload;
        }
        try (ZstdInputStream zstd = new ZstdInputStream(new java.io.ByteArrayInputStream(payload))) {
            return zstd.readAllBytes();
        }
    }
}
