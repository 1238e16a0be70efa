package io.metawal.connectors.sql.binlog;

import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.AbstractRowsEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.ColumnType;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the rows of an event with all that the log says of them: cells as {@link BinlogRows.Pair} has them. */
final class RowsDeserializer extends AbstractRowsEventDataDeserializer<RowsDeserializer.Rows> {
    private static final int FLAG_NO_FOREIGN_KEYS = 2;

    private final Map<Long, TableMapEventData> tables;
    private final Form form;
    private final String database;

    /** What is of each row in the event. */
    enum What {
        AFTER,
        BEFORE,
        BOTH
    }

    /** @param extra whether the header has a part of its own length, as in the second version of these events */
    record Form(What what, boolean extra) {}

    /** Null where they are of another database. */
    record Rows(@Nullable BinlogRows rows) implements EventData {
        private static final long serialVersionUID = 1L;
    }

    RowsDeserializer(Map<Long, TableMapEventData> tables, String database, Form form) {
        super(tables);
        this.tables = tables;
        this.database = database;
        this.form = form;
    }

    @Override
    public Rows deserialize(ByteArrayInputStream in) throws IOException {
        long id = in.readLong(6);
        int flags = in.readInteger(2);
        if (form.extra()) {
            in.skip(in.readInteger(2) - 2);
        }
        int columns = in.readPackedInteger();
        BitSet first = in.readBitSet(columns, true);
        BitSet second = form.what() == What.BOTH ? in.readBitSet(columns, true) : first;
        TableMapEventData map = tables.get(id);
        if (map == null) {
            throw new IOException("rows of table number " + id + ", of which the log did not say what it is");
        }
        if (!map.getDatabase().equals(database)) {
            return new Rows(null);
        }
        List<BinlogRows.Pair> pairs = new ArrayList<>();
        while (in.available() > 0) {
            List<@Nullable Object> row = cells(deserializeRow(id, first, in));
            pairs.add(
                    switch (form.what()) {
                        case AFTER -> new BinlogRows.Pair(null, row);
                        case BEFORE -> new BinlogRows.Pair(row, null);
                        case BOTH -> new BinlogRows.Pair(row, cells(deserializeRow(id, second, in)));
                    });
        }
        boolean complete = first.cardinality() == columns && second.cardinality() == columns;
        return new Rows(new BinlogRows(table(map), pairs, complete, (flags & FLAG_NO_FOREIGN_KEYS) == 0));
    }

    private static List<@Nullable Object> cells(Serializable[] row) {
        List<@Nullable Object> cells = new ArrayList<>(row.length);
        for (Serializable cell : row) {
            cells.add(cell);
        }
        return cells;
    }

    private static BinlogRows.Table table(TableMapEventData map) {
        List<Integer> types = new ArrayList<>();
        List<Integer> metadata = new ArrayList<>();
        for (int i = 0; i < map.getColumnTypes().length; i++) {
            types.add(map.getColumnTypes()[i] & 0xFF);
            metadata.add(map.getColumnMetadata()[i]);
        }
        return new BinlogRows.Table(map.getDatabase(), map.getTable(), types, metadata);
    }

    @Override
    protected Serializable deserializeCell(ColumnType type, int meta, int length, ByteArrayInputStream in)
            throws IOException {
        return switch (type) {
            case TINY -> (long) (byte) in.readInteger(1);
            case SHORT -> (long) (short) in.readInteger(2);
            case INT24 -> (long) (in.readInteger(3) << 8 >> 8);
            case LONG -> (long) in.readInteger(4);
            case LONGLONG -> in.readLong(8);
            case FLOAT -> Float.intBitsToFloat(in.readInteger(4));
            case DOUBLE -> Double.longBitsToDouble(in.readLong(8));
            case NEWDECIMAL -> decimal(meta, in);
            case YEAR -> year(in.readInteger(1));
            case ENUM -> (long) in.readInteger(length);
            case SET -> in.readLong(length);
            case DATE -> PrintedTimes.date(in);
            case TIME_V2 -> PrintedTimes.time(meta, in);
            case DATETIME_V2 -> PrintedTimes.datetime(meta, in);
            case TIMESTAMP_V2 -> PrintedTimes.timestamp(meta, in);
            case BIT -> in.read((meta >> 8) + ((meta & 0xFF) + 7) / 8);
            case STRING -> in.read(in.readInteger(length < 256 ? 1 : 2));
            case VARCHAR, VAR_STRING -> in.read(in.readInteger(meta < 256 ? 1 : 2));
            case BLOB, GEOMETRY -> in.read(in.readInteger(meta));
            case JSON -> BinaryJson.print(in.read(in.readInteger(meta)));
            default -> throw new IOException("a column of type " + type + ", which is not read");
        };
    }

    private static BigDecimal decimal(int meta, ByteArrayInputStream in) throws IOException {
        int precision = meta & 0xFF;
        int scale = meta >> 8;
        return decimal(precision, scale, in.read(digitsBytes(precision - scale) + digitsBytes(scale)));
    }

    static BigDecimal decimal(int precision, int scale, byte[] stored) {
        return asBigDecimal(precision, scale, stored).setScale(scale);
    }

    /** Nine digits in four bytes, what is left in as few as hold it. */
    private static int digitsBytes(int digits) {
        return digits / 9 * 4 + (digits % 9 + 1) / 2;
    }

    private static long year(int stored) {
        return stored == 0 ? 0 : 1900 + stored;
    }
}
