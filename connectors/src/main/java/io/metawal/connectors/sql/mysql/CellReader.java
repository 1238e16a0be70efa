package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes of a cell of the binary log what a read of the column would give. */
final class CellReader {
    private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*)'");
    private static final Pattern LENGTH = Pattern.compile("\\w+\\((\\d+)");

    private final JdbcDialect dialect;
    private final SqlColumn column;
    private final String base;
    private final MysqlText text;
    private final boolean unsigned;
    private final int length;
    private final int zeroFilled;
    private final List<String> members = new ArrayList<>();

    /** @param base the server's name of the type, without length */
    CellReader(JdbcDialect dialect, SqlColumn column, String base, MysqlText text) {
        this.dialect = dialect;
        this.column = column;
        this.base = base.toLowerCase(Locale.ROOT);
        this.text = text;
        this.unsigned = column.declared().contains("unsigned");
        Matcher declared = LENGTH.matcher(column.declared());
        this.length = declared.find() ? Integer.parseInt(declared.group(1)) : 0;
        this.zeroFilled = column.declared().contains("zerofill") ? length + (base.equals("decimal") ? 1 : 0) : 0;
        if (this.base.equals("enum") || this.base.equals("set")) {
            MEMBER.matcher(column.declared())
                    .results()
                    .forEach(member -> members.add(member.group(1).replace("''", "'")));
        }
    }

    SqlColumn column() {
        return column;
    }

    @Nullable
    Object read(@Nullable Object cell) {
        return cell == null ? null : dialect.normal(column, asDriver(cell));
    }

    private Object asDriver(Object cell) {
        if (cell instanceof Long number) {
            return whole(number);
        }
        if (cell instanceof BigDecimal number) {
            return filled(number.toPlainString());
        }
        if (cell instanceof Float || cell instanceof Double) {
            // A read does not tell minus zero.
            return ((Number) cell).doubleValue() + 0.0;
        }
        return cell instanceof byte[] bytes ? bytes(bytes) : cell;
    }

    private Object whole(long number) {
        return switch (base) {
            case "enum" -> number == 0 ? "" : member((int) number - 1);
            case "set" -> members(number);
            case "tinyint" -> number(number, 0xFFL);
            case "smallint" -> number(number, 0xFFFFL);
            case "mediumint" -> number(number, 0xFF_FFFFL);
            case "int" -> number(number, 0xFFFF_FFFFL);
            case "bigint" -> unsigned ? filled(Long.toUnsignedString(number)) : (Object) number;
            default -> number;
        };
    }

    private Object number(long number, long mask) {
        long value = unsigned ? number & mask : number;
        return column.type() == SqlType.INTEGER ? (Object) value : String.valueOf(value);
    }

    private String filled(String digits) {
        return zeroFilled > digits.length() ? "0".repeat(zeroFilled - digits.length()) + digits : digits;
    }

    private String member(int index) {
        if (index < 0 || index >= members.size()) {
            throw new UnsupportedFormatException("column \"" + column.name() + "\" of " + column.declared()
                    + " holds its value number " + (index + 1) + " by the binary log");
        }
        return members.get(index);
    }

    private String members(long bits) {
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < Long.SIZE; i++) {
            if ((bits >>> i & 1) == 1) {
                chosen.add(member(i));
            }
        }
        return String.join(",", chosen);
    }

    /** The log leaves out zeros at the end of {@code binary}, and prints no text of {@code uuid}. */
    private Object bytes(byte[] bytes) {
        return switch (base) {
            case "bit" -> column.type() == SqlType.BOOL ? (Object) String.valueOf(bytes[bytes.length - 1]) : bytes;
            case "binary" -> bytes.length < length ? Arrays.copyOf(bytes, length) : bytes;
            case "uuid" -> uuid(bytes);
            case "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> bytes;
            default -> text.decode(bytes);
        };
    }

    private static String uuid(byte[] stored) {
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(stored, 16));
        return new UUID(bytes.getLong(), bytes.getLong()).toString();
    }
}
