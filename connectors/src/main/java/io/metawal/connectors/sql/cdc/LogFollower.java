package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.port.CommitSink;
import java.util.List;

/**
 * The source's log, followed from one position with one description of its tables, until the source, the sink or a change of the tables ends
 * it. For one thread.
 */
public interface LogFollower {
    /**
     * What it begins with.
     *
     * @param checked the same sink, for commits
     * @param layout as {@link SourceLog#layout} said it for these tables; empty where that is not known
     */
    record Start(
            SqlCapture.Wiring wiring,
            CommitSink sink,
            CheckedSink checked,
            Counters counters,
            SqlPosition from,
            List<SqlTable> tables,
            String layout) {}

    /**
     * Follows until interrupted; returns where the tables' descriptions changed without their rows, to be followed anew.
     *
     * @param onNews run when something came
     */
    void run(Runnable onNews) throws InterruptedException, NewBaseException;

    /** Behind the last transaction that the sink took. */
    SqlPosition position();

    /** The tables as the sink knows them. */
    List<SqlTable> tables();

    /** As {@link SourceLog#layout} said it for them. */
    String layout();
}
