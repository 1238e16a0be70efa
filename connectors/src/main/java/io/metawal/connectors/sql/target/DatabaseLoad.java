package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlFaults;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.RestorePoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows into an empty database in one transaction, reads them back in it, and compares them before it ends. For one thread.
 *
 * <pre>
 * table metawal_restore    before    point, BEGUN      a crash here leaves an empty database: the same restore begins anew
 * rows, counters           one transaction, with the marker's LOADED
 * last step                after     point, LOADED     a crash here: the same restore compares the rows, and does the last step
 * no table metawal_restore           done
 * </pre>
 *
 * The right to do so is a lock of the connection, so that two never do it at once.
 */
public final class DatabaseLoad implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLoad.class);

    private final SqlUrl url;
    private final SqlTargetOptions options;
    private final LoadRules rules;
    private final Stage.Watch watch;
    private final JdbcDialect dialect;
    private final TargetEngine engine;
    private @Nullable Connection connection;
    private Optional<Marker> marker = Optional.empty();
    private List<SqlTable> found = List.of();
    private boolean unfinished;
    private @Nullable NewFile made;

    public DatabaseLoad(SqlUrl url, SqlTargetOptions options, LoadRules rules, Stage.Watch watch) {
        this.url = url;
        this.options = options;
        this.rules = rules;
        this.watch = watch;
        this.dialect = JdbcDialect.of(url.engine());
        this.engine = TargetEngine.of(url.engine());
    }

    /** As {@link #prepare} refuses, without making a file. */
    public void check(RestorePoint point, String how) {
        if (NewFile.isWanted(url, options.schema())) {
            NewFile.check(url);
        } else {
            prepare(point, how);
        }
    }

    /** Connects, and refuses a database that is in use: holds rows, or another restore, or tables where they are to be made. */
    public void prepare(RestorePoint point, String how) {
        if (NewFile.isWanted(url, options.schema())) {
            made = NewFile.make(url);
        }
        Connection opened = connection;
        if (opened == null) {
            opened = dialect.open(url);
            connection = opened;
        }
        Connection open = opened;
        SqlFaults.doing(url.toString(), "looking at what it holds", () -> look(open, Marker.of(point, how)));
    }

    private void look(Connection open, String point) throws SQLException {
        if (!engine.claim(open, url.schema(), options.lockSeconds())) {
            throw new BusyException(url + ": another restore into it is under way: wait for it, or end it");
        }
        engine.require(open, url.schema(), url.toString());
        List<SqlTable> all = dialect.describe(open, url.schema());
        List<String> names = all.stream().map(SqlTable::name).toList();
        found = all.stream().filter(table -> !table.name().equals(Marker.TABLE)).toList();
        marker = Marker.find(open, names, quotedMarker());
        String other = marker.map(Marker::point).orElse("");
        if (!other.isEmpty() && !other.equals(point)) {
            throw notEmpty("it holds what an unfinished restore of " + other + " left (" + phase()
                    + "), and this is one of " + point + ". Repeat that one to finish it, or empty the database");
        }
        if (phase() == Marker.Phase.LOADED) {
            LOG.info("{}: the rows of {} are there: comparing them", url, point);
            return;
        }
        if (options.schema() == SqlTargetOptions.Schema.CREATE && !found.isEmpty() && marker.isEmpty()) {
            throw notEmpty("it has " + found.size() + " tables, such as "
                    + found.get(0).name()
                    + ": --create-schema makes them all. Leave it away, or name an empty database");
        }
        for (SqlTable table : found) {
            requireEmpty(open, table);
        }
    }

    private Marker.Phase phase() {
        return marker.map(Marker::phase).orElse(Marker.Phase.BEGUN);
    }

    private void requireEmpty(Connection open, SqlTable table) throws SQLException {
        if (table.name().equals(rules.migrations())) {
            return;
        }
        String count = Query.value(open, "SELECT COUNT(*) FROM " + SqlText.quoted(table));
        if (!"0".equals(count)) {
            throw notEmpty("the table " + table.name() + " has " + count
                    + (count != null && count.equals("1") ? " row" : " rows")
                    + ". Restore into an empty database; a living one is never restored over");
        }
    }

    private MetawalException notEmpty(String what) {
        return new MetawalException(ExitCode.TARGET_NOT_EMPTY, url + " is not empty: " + what);
    }

    private String quotedMarker() {
        return dialect.quoted(url.schema()) + "." + dialect.quoted(Marker.TABLE);
    }

    /** The tables that rows can go into: those that are there, or are to be made. */
    public List<SqlTable> tables(Content content) {
        if (options.schema() == SqlTargetOptions.Schema.EXISTING || phase() == Marker.Phase.LOADED) {
            return found;
        }
        return NewTables.of(content, url, server());
    }

    private SqlEngine server() {
        if (url.engine() == SqlEngine.POSTGRESQL || url.engine() == SqlEngine.SQLITE) {
            return url.engine();
        }
        return SqlFaults.calling(
                url.toString(),
                "asking for its version",
                () -> String.valueOf(Query.value(open(), "SELECT VERSION()"))
                                .toLowerCase(java.util.Locale.ROOT)
                                .contains("mariadb")
                        ? SqlEngine.MARIADB
                        : SqlEngine.MYSQL);
    }

    private Connection open() {
        return Objects.requireNonNull(connection, "prepare comes first");
    }

    /**
     * Refuses what {@link #load} would refuse before it writes, or because of what the content is. After {@link #check}.
     *
     * @param reader makes rows; replaces that of the rules
     */
    public LoadResult examine(Content content, Content.Reader reader) {
        LoadRules read = rules.withReader(reader);
        TableOrder order = TableOrder.of(tables(content), rules.wish());
        LoadCheck check = new LoadCheck(url, dialect, engine, read, order, content, new ArrayList<>());
        check.match();
        LoadResult result =
                SqlFaults.calling(url.toString(), "looking at what it holds", () -> check.examine(connection, found));
        if (NewFile.isWanted(url, options.schema())) {
            NewFile.requireRoom(url, check.bytesMin());
        }
        return result;
    }

    /**
     * @param reader makes rows; replaces that of the rules
     * @param lastStep done once the rows are committed, and again where a crash came before the marker was taken away
     * @return what is written, with notes on counters
     */
    public LoadResult load(RestorePoint point, String how, Content content, Content.Reader reader, Runnable lastStep) {
        Connection open = open();
        Loading loading =
                new Loading(url, dialect, engine, rules.withReader(reader), tables(content), content, open, watch);
        loading.check().match();
        refuseTooLarge(content, reader);
        String text = Marker.of(point, how);
        LoadResult result = SqlFaults.calling(url.toString(), "writing the restored rows", () -> {
            if (phase() == Marker.Phase.LOADED) {
                return loading.compare();
            }
            mark(open, text);
            if (options.schema() == SqlTargetOptions.Schema.CREATE && !engine.undoesTables()) {
                loading.remakeTables(found);
            }
            loading.countersBefore();
            watch.reached(Stage.TABLES_READY, open);
            return inTransaction(open, loading, text);
        });
        unfinished = true;
        // From here on the file holds a whole restore, of which only the marker is left: what fails now must not remove
        // it.
        made = null;
        watch.reached(Stage.COMMITTED, open);
        lastStep.run();
        watch.reached(Stage.LAST_STEP_DONE, open);
        SqlFaults.doing(
                url.toString(), "DROP TABLE " + Marker.TABLE, () -> Query.run(open, "DROP TABLE " + quotedMarker()));
        unfinished = false;
        return result;
    }

    /** Before the first write, since not every engine takes tables back. */
    private void refuseTooLarge(Content content, Content.Reader reader) {
        SqlFaults.doing(url.toString(), "asking how large a row may be", () -> {
            if (content.valueBytesMax() > engine.rowBytesMax(open()) / 2) {
                examine(content, reader);
            }
        });
    }

    private void mark(Connection open, String text) throws SQLException {
        if (options.schema() == SqlTargetOptions.Schema.CREATE) {
            engine.makeSchema(open, url.schema());
        }
        if (marker.isEmpty()) {
            Query.run(open, Marker.create(quotedMarker()));
        }
        Marker.write(open, quotedMarker(), new Marker(text, Marker.Phase.BEGUN));
        unfinished = true;
        watch.reached(Stage.MARKED, open);
    }

    private LoadResult inTransaction(Connection open, Loading loading, String text) throws SQLException {
        engine.begin(open);
        boolean done = false;
        try {
            if (options.schema() == SqlTargetOptions.Schema.CREATE && engine.undoesTables()) {
                loading.makeTables();
            }
            LoadResult result = loading.write();
            Marker.write(open, quotedMarker(), new Marker(text, Marker.Phase.LOADED));
            commit(open);
            done = true;
            return result;
        } finally {
            if (!done) {
                undo(open);
            }
        }
    }

    private void commit(Connection open) throws SQLException {
        try {
            engine.commit(open);
        } catch (SQLException e) {
            MetawalException fault = SqlFaults.toFault(url.toString(), "COMMIT", e);
            if (fault instanceof UnreachableException) {
                throw new UnknownOutcomeException(
                        fault.text()
                                + ". Whether the rows are there is not known: repeat the same restore, it finds out",
                        e);
            }
            throw fault;
        }
    }

    /** Rows that are not committed go, and the marker with them, where nothing else was left. */
    private void undo(Connection open) {
        if (made != null) {
            // The whole file goes.
            return;
        }
        try {
            engine.rollback(open);
            if (engine.undoesTables() || options.schema() == SqlTargetOptions.Schema.EXISTING) {
                Query.run(open, "DROP TABLE " + quotedMarker());
                unfinished = false;
            }
        } catch (SQLException e) {
            LOG.warn(
                    "{}: what was begun could not be taken back in order, the database does so itself: {}",
                    url,
                    e.toString());
        }
    }

    @Override
    public void close() {
        if (unfinished && made == null) {
            LOG.warn(
                    "{} holds an unfinished restore, as its table {} says: repeat the same restore to go on with it, or empty the"
                            + " database",
                    url,
                    Marker.TABLE);
        }
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("closing {}: {}", url, e.toString());
            }
        }
        if (made != null) {
            made.remove();
        }
    }
}
