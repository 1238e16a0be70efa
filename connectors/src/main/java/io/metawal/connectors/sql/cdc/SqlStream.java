package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.SchemaChange;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.CommitSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The source's log, followed from one position with one description of its tables, until the source, the sink or a change of the tables ends
 * it. For one thread.
 */
final class SqlStream implements LogFollower {
    private static final long POLL_MILLIS = 50;
    private static final long QUIET_MICROS_MAX = 300_000_000;
    private static final long QUIET_DISTANCE_MAX = 16 << 20;

    private final SqlCapture.Wiring wiring;
    private final CdcDialect dialect;
    private final SqlInterpretation interpretation;
    private final CommitSink sink;
    private final CheckedSink checked;
    private final TransactionAssembler<HeldTransaction> assembler;
    private final Heartbeat heartbeat;
    private final String placeholder = "metawal-unchanged-" + UUID.randomUUID();
    private List<SqlTable> tables;
    private SqlPosition position;
    private long movedMicros;
    private boolean sure;
    private Heartbeat.@Nullable Reached untold;

    SqlStream(CdcDialect dialect, Start start) {
        this.wiring = start.wiring();
        this.dialect = dialect;
        this.interpretation = wiring.interpretation();
        this.sink = start.sink();
        this.checked = start.checked();
        this.position = start.from();
        this.tables = start.tables();
        RowTranslator translator = new RowTranslator(dialect, new CapturedTables(dialect, tables), placeholder);
        long bytesMax = wiring.options().transactionBytesMax();
        this.assembler = new TransactionAssembler<>(
                dialect.toString(),
                dialect::transaction,
                () -> new HeldTransaction(translator, interpretation, start.counters(), checked, bytesMax));
        this.heartbeat = new Heartbeat(dialect, wiring, tables, start.layout());
        this.movedMicros = now();
    }

    @Override
    public void run(Runnable onNews) throws InterruptedException, NewBaseException {
        try (assembler;
                DebeziumFeed feed =
                        new DebeziumFeed(dialect.toString(), dialect.feed(position, tables), position, placeholder)) {
            feed.start();
            Acknowledgements acknowledgements = new Acknowledgements(feed);
            boolean goesOn = true;
            while (goesOn) {
                wiring.checkRequests();
                heartbeat.step();
                FeedRecord record = feed.poll(POLL_MILLIS);
                checked.check();
                if (record != null) {
                    begun();
                    onNews.run();
                    goesOn = take(record, acknowledgements);
                }
                acknowledgements.step();
                tell();
            }
        } catch (MisfitException e) {
            throw new NewBaseException(SchemaChange.between(tables, dialect.describe())
                    .map(SchemaChange::text)
                    .orElse(e.text()));
        }
    }

    /** The engine makes what it needs and does not find; then it would begin behind the position without a word. */
    private void begun() throws NewBaseException {
        if (sure) {
            return;
        }
        Optional<String> lost = dialect.lostMeanwhile(position);
        if (lost.isPresent()) {
            throw new NewBaseException(lost.get());
        }
        sure = true;
    }

    private boolean take(FeedRecord record, Acknowledgements acknowledgements)
            throws InterruptedException, NewBaseException {
        TransactionAssembler.Transaction<HeldTransaction> whole = assembler.take(record);
        if (whole != null) {
            try (HeldTransaction held = whole.rows()) {
                commit(whole, held, acknowledgements);
            }
        }
        Heartbeat.Reached reached = heartbeat.take(record);
        if (reached == null) {
            return true;
        }
        SchemaChange change = reached.change();
        if (change == null) {
            untold = reached;
            move(reached.at(), record, acknowledgements);
            return true;
        }
        if (change.rows()) {
            throw new NewBaseException(change.text());
        }
        describe(reached);
        return false;
    }

    private void commit(
            TransactionAssembler.Transaction<HeldTransaction> whole,
            HeldTransaction held,
            Acknowledgements acknowledgements)
            throws InterruptedException, NewBaseException {
        if (whole.count() == 0) {
            return;
        }
        FeedRecord end = whole.end();
        List<Change> changes = held.changes();
        if (held.tooLarge()) {
            throw new NewBaseException(
                    "transaction " + whole.name() + " of " + whole.count() + " rows, about "
                            + held.bytes() + " bytes, committed at "
                            + dialect.after(end.offset()).log()
                            + ", was too large to be held: at most "
                            + wiring.options().transactionBytesMax()
                            + " bytes of memory are given to one transaction, an eighth of the largest heap (-Xmx) up to 1 GiB");
        }
        SqlPosition at = dialect.keeping(dialect.after(end.offset()), heartbeat.layout());
        long micros = dialect.commitMicros(end.offset(), end.millis());
        CommitBody body = new CommitBody("", interpretation.origin(), at.bytes(), interpretation.gap(), changes);
        commit(at, CommitDraft.ofLog(interpretation.epoch(at.clock()), micros, body));
        acknowledgements.add(checked.last(), end);
    }

    /** A commit of this machine's: its time is that of now. */
    private void commit(SqlPosition at, List<Change> changes) throws InterruptedException {
        CommitBody body = new CommitBody("", interpretation.origin(), at.bytes(), "", changes);
        commit(at, CommitDraft.of(interpretation.epoch(at.clock()), now(), body));
    }

    private void commit(SqlPosition at, CommitDraft draft) throws InterruptedException {
        checked.commit(draft);
        position = at;
        movedMicros = now();
    }

    /**
     * While nothing is written to the tables, others fill the source's log: it must be able to forget that, too. And what a layout was
     * compared with once need not be compared again.
     */
    private void move(SqlPosition reached, FeedRecord record, Acknowledgements acknowledgements)
            throws InterruptedException {
        SqlPosition to = dialect.keeping(reached, heartbeat.layout());
        long distance = to.clock() - position.clock();
        if (distance > 0
                && (distance >= QUIET_DISTANCE_MAX
                        || now() - movedMicros >= QUIET_MICROS_MAX
                        || !dialect.kept(to).equals(dialect.kept(position)))) {
            commit(to, List.of());
            acknowledgements.add(checked.last(), record);
        }
    }

    private void describe(Heartbeat.Reached reached) throws InterruptedException {
        List<Change> changes = new ArrayList<>();
        for (SqlTable table : reached.tables()) {
            Entry entry = TableEntries.entry(table);
            if (!tables.contains(table)) {
                changes.add(Change.put(entry.entryKey(), entry.value(), entry.meta()));
            }
        }
        commit(dialect.keeping(reached.at(), reached.layout()), changes);
        tables = reached.tables();
    }

    private void tell() {
        Heartbeat.Reached reached = untold;
        if (reached != null && reached.quietUntil() != null) {
            sink.observed(interpretation.epoch(reached.at().clock()), reached.quietUntil());
            untold = null;
        }
    }

    private long now() {
        return Timestamps.micros(wiring.clock().instant());
    }

    @Override
    public SqlPosition position() {
        return position;
    }

    @Override
    public List<SqlTable> tables() {
        return tables;
    }

    @Override
    public String layout() {
        return heartbeat.layout();
    }
}
