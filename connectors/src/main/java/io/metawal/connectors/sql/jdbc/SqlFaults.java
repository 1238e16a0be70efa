package io.metawal.connectors.sql.jdbc;

import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Set;

/** What a refusal of a database means for the caller. SQLSTATEs are those of the standard and of PostgreSQL; numbers are MySQL's or SQLite's. */
public final class SqlFaults {
    private static final Set<String> AWAY_STATES = Set.of("57P01", "57P02", "57P03", "57P05", "53300");
    private static final Set<Integer> MYSQL_AWAY = Set.of(1040, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1203, 1927);
    private static final Set<Integer> MYSQL_DENIED = Set.of(1044, 1045, 1095, 1142, 1143, 1227, 1370, 1410, 1419, 1698);
    private static final Set<String> BUSY_STATES = Set.of("40001", "40P01", "55P03", "55006");
    private static final Set<Integer> MYSQL_BUSY = Set.of(1205, 1213);
    private static final Set<Integer> MYSQL_FULL = Set.of(1021, 1114);
    private static final int MYSQL_PACKET_TOO_LARGE = 1153;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_TOOBIG = 18;
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_PERM = 3;
    private static final int SQLITE_READONLY = 8;
    private static final int SQLITE_CANTOPEN = 14;
    private static final int SQLITE_AUTH = 23;
    private static final String NOTHING_MORE = "grant the user what it lacks";

    private SqlFaults() {}

    /** Something done to a database. */
    @FunctionalInterface
    public interface Call<T> {
        T run() throws SQLException;
    }

    /** Something done to a database, without a result. */
    @FunctionalInterface
    public interface Step {
        void run() throws SQLException;
    }

    /** Does it; what it throws becomes {@link #toFault}. */
    public static <T> T calling(String where, String statement, Call<T> call) {
        try {
            return call.run();
        } catch (SQLException e) {
            throw toFault(where, statement, e);
        }
    }

    public static void doing(String where, String statement, Step step) {
        try {
            step.run();
        } catch (SQLException e) {
            throw toFault(where, statement, e);
        }
    }

    public static MetawalException toFault(String where, String statement, SQLException e) {
        return toFault(where, statement, NOTHING_MORE, e);
    }

    /**
     * @param where the database, without a password
     * @param statement what was asked of it
     * @param grant what would allow it, such as {@code GRANT SELECT ON …}
     */
    public static MetawalException toFault(String where, String statement, String grant, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String said = e.getMessage() + " (SQLSTATE " + (state.isEmpty() ? "none" : state) + ", error "
                + e.getErrorCode() + ")";
        String asked = where + ": " + shortened(statement);
        if (causedBy(e, FileNotFoundException.class) || causedBy(e, NoSuchFileException.class)) {
            return new UsageException(asked + ": a file of the connection's cannot be read: " + said, e);
        }
        if (causedBy(e, GeneralSecurityException.class)) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    asked + " was given up: the server's certificate is not trusted: " + said
                            + ". Name the authority that signed it with sslrootcert=FILE, or another sslmode",
                    e);
        }
        boolean sqlite = e instanceof org.sqlite.SQLiteException;
        int code = e.getErrorCode() & (sqlite ? 0xFF : -1);
        if (sqlite ? code == SQLITE_FULL : full(state, code)) {
            return new DiskFullException(
                    asked + " failed: " + said + ". Free or add space at the database and repeat it", e);
        }
        if (sqlite ? code == SQLITE_TOOBIG : tooLarge(state, code, said)) {
            return new UnsupportedFormatException(
                    asked + " failed: " + said + ". A value or a row is larger than the database takes"
                            + " (in MySQL and MariaDB: raise max_allowed_packet)",
                    e);
        }
        if (sqlite ? code == SQLITE_CANTOPEN : away(state, code)) {
            return new UnreachableException(asked + " got no answer: " + said, e);
        }
        if (sqlite ? Set.of(SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH).contains(code) : denied(state, code)) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    asked + " was refused: " + said + ". "
                            + (state.startsWith("28") && code != 1142
                                    ? "Check user and password, or "
                                    : "To allow it, ")
                            + grant,
                    e);
        }
        if (sqlite
                ? code == SQLITE_BUSY || code == SQLITE_LOCKED
                : BUSY_STATES.contains(state) || MYSQL_BUSY.contains(code)) {
            return new BusyException(asked + " found it held by another: " + said + ". Repeat it", e);
        }
        if (!sqlite && (state.equals("3D000") || code == 1049)) {
            return new UsageException(
                    asked + ": there is no such database: " + said + ". Create it, or name another", e);
        }
        return new UnsupportedFormatException(asked + " failed: " + said, e);
    }

    private static boolean causedBy(Throwable e, Class<? extends Exception> kind) {
        Throwable cause = e;
        while (cause != null && !kind.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private static boolean away(String state, int code) {
        return state.startsWith("08") && code != 1045 || AWAY_STATES.contains(state) || MYSQL_AWAY.contains(code);
    }

    private static boolean full(String state, int code) {
        return state.equals("53100") || MYSQL_FULL.contains(code);
    }

    private static boolean tooLarge(String state, int code, String said) {
        return state.equals("54000") || code == MYSQL_PACKET_TOO_LARGE || said.contains("max_allowed_packet");
    }

    private static boolean denied(String state, int code) {
        return state.startsWith("28") || state.equals("42501") || MYSQL_DENIED.contains(code);
    }

    private static String shortened(String statement) {
        String line = statement.replaceAll("\\s+", " ").strip();
        return line.length() <= 300 ? line : line.substring(0, 300) + "…";
    }
}
