package io.metawal.connectors.sql.binlog;

import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.GtidEventDataDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import io.metawal.connectors.sql.binlog.RowsDeserializer.Form;
import io.metawal.connectors.sql.binlog.RowsDeserializer.What;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Events as the client reads them, but rows as {@link RowsDeserializer} does. */
final class RowEvents extends EventDeserializer {
    private final Map<Long, TableMapEventData> tables = new HashMap<>();

    RowEvents(String database) {
        setEventDataDeserializer(EventType.ANONYMOUS_GTID, new GtidEventDataDeserializer());
        setEventDataDeserializer(EventType.TRANSACTION_PAYLOAD, new PayloadDeserializer(database));
        read(EventType.WRITE_ROWS, database, new Form(What.AFTER, false));
        read(EventType.UPDATE_ROWS, database, new Form(What.BOTH, false));
        read(EventType.DELETE_ROWS, database, new Form(What.BEFORE, false));
        read(EventType.EXT_WRITE_ROWS, database, new Form(What.AFTER, true));
        read(EventType.EXT_UPDATE_ROWS, database, new Form(What.BOTH, true));
        read(EventType.EXT_DELETE_ROWS, database, new Form(What.BEFORE, true));
    }

    private void read(EventType type, String database, Form form) {
        setEventDataDeserializer(type, new RowsDeserializer(tables, database, form));
    }

    @Override
    public Event nextEvent(ByteArrayInputStream in) throws IOException {
        Event event = super.nextEvent(in);
        if (event != null && event.getData() instanceof TableMapEventData table) {
            tables.put(table.getTableId(), table);
        }
        if (event != null && event.getHeader().getEventType() == EventType.FORMAT_DESCRIPTION) {
            // A file begins: numbers of tables may mean others.
            tables.clear();
        }
        return event;
    }
}
