package io.metawal.connectors.sql.binlog;

import io.metawal.connectors.sql.binlog.BinlogGroup.Statement;
import java.util.ArrayList;
import java.util.List;

/** A transaction of which not all has come. */
final class OpenGroup {
    final List<BinlogRows> rows = new ArrayList<>();
    final List<Statement> statements = new ArrayList<>();
    private final String gtid;
    private final long micros;
    private boolean standalone;
    private String untold = "";

    /** @param standalone whether the next statement is all of it; MySQL only says so by not beginning a transaction */
    OpenGroup(String gtid, long micros, boolean standalone) {
        this.gtid = gtid;
        this.micros = micros;
        this.standalone = standalone;
    }

    /** The same transaction, without what it did. */
    OpenGroup emptied() {
        return new OpenGroup(gtid, micros, true);
    }

    void begun() {
        standalone = false;
    }

    boolean standalone() {
        return standalone;
    }

    /** The first reason counts. */
    void untold(String why) {
        untold = untold.isEmpty() ? why : untold;
    }

    /** Does here what another one did, which was kept until now. */
    void take(OpenGroup kept) {
        rows.addAll(kept.rows);
        statements.addAll(kept.statements);
        untold(kept.untold);
    }

    BinlogGroup end(BinlogPlace place, long seconds) {
        return new BinlogGroup(place, gtid, new BinlogGroup.Time(seconds, micros), rows, statements, untold);
    }
}
