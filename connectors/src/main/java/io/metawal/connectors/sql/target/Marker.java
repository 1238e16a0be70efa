package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.metadata.port.RestorePoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What stands in the table {@code metawal_restore} while a restore is under way: of what, and how far it came.
 *
 * @param point of what, and how
 */
record Marker(String point, Phase phase) {
    static final String TABLE = "metawal_restore";

    enum Phase {
        /** No row is committed. */
        BEGUN,
        /** All rows are; the last step may not be done. */
        LOADED
    }

    static String of(RestorePoint point, String how) {
        return "seq " + point.provenance().seq() + " of timeline "
                + point.provenance().timeline() + " of cluster " + point.cluster() + ", digest "
                + point.provenance().digest() + how;
    }

    /** The marker; one of no point where the table is there and empty, since a crash came between. */
    static Optional<Marker> find(Connection connection, List<String> tables, String quoted) throws SQLException {
        if (!tables.contains(TABLE)) {
            return Optional.empty();
        }
        List<Query.Row> rows = Query.rows(connection, "SELECT point, phase FROM " + quoted);
        return Optional.of(
                rows.isEmpty()
                        ? new Marker("", Phase.BEGUN)
                        : new Marker(
                                rows.get(0).text("point"),
                                Phase.valueOf(rows.get(0).text("phase"))));
    }

    static void write(Connection connection, String quoted, Marker marker) throws SQLException {
        Query.run(connection, "DELETE FROM " + quoted);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + quoted + " VALUES (?, ?)")) {
            insert.setString(1, marker.point());
            insert.setString(2, marker.phase().name());
            insert.executeUpdate();
        }
    }

    static String create(String quoted) {
        return "CREATE TABLE " + quoted + " (point varchar(2000) NOT NULL, phase varchar(20) NOT NULL)";
    }
}
