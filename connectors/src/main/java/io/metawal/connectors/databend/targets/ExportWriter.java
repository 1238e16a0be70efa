package io.metawal.connectors.databend.targets;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.ExportForm;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.StateLines;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.connectors.file.LineSink;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Writes the lines of an export, as often as there are nodes. Expire lines are held in memory, records are not. */
final class ExportWriter {
    private static final String HEADER =
            "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]";

    private static final String SEQUENCE = "generic-kv";

    private final SystemEntries system;
    private final KeySpool records;
    private final ExportOptions options;
    private final StateLines lines;
    private final Optional<TenantFilter> tenant;
    private final TreeMap<EntryKey, String> expire = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();
    private final long sequence;
    private long seqMax;
    private long recordCount;
    private long written;

    ExportWriter(SystemEntries system, KeySpool records, ExportOptions options) {
        this.system = system;
        this.records = records;
        this.options = options;
        this.lines = new StateLines(system.tree());
        this.tenant = options.tenant().map(TenantFilter::new);
        tenant.ifPresent(filter -> filter.learn(records));
        long given = system.in(DatabendSpaces.SEQUENCES).stream()
                .filter(entry -> entry.entryKey().key().toStringUtf8().equals(SEQUENCE))
                .mapToLong(entry -> Long.parseLong(entry.value().toStringUtf8()))
                .max()
                .orElse(0);
        ExportForm.Expire form = system.expireForm();
        records.read(entry -> look(entry, form));
        tenant.ifPresent(TenantFilter::checkAny);
        sequence = Math.max(given, seqMax);
        kept();
        say(given);
    }

    private void look(Entry entry, ExportForm.Expire form) {
        ByteString key = entry.entryKey().key();
        if (tenant.isPresent() && !tenant.get().keeps(key)) {
            tenant.get().leaveOut(key);
            return;
        }
        KvRecord record = KvRecord.of(entry);
        recordCount++;
        seqMax = Math.max(seqMax, record.seq());
        if (record.meta().expires() && form != ExportForm.Expire.NO_LINES) {
            long time = record.meta().expireMs();
            expire.put(StateLines.expireKey(time, record.seq(), key), lines.expire(key, time, record.seq(), form));
        }
    }

    /** Expire lines that do not follow from records; only where all records are there. */
    private void kept() {
        if (tenant.isPresent() || options.ephemeral() == ExportOptions.Ephemeral.LEFT_OUT) {
            return;
        }
        for (Entry entry : system.in(DatabendSpaces.EXPIRE)) {
            EntryKey key = entry.entryKey();
            if (entry.value().isEmpty()) {
                expire.remove(key);
            } else {
                expire.put(key, entry.value().toStringUtf8());
            }
        }
    }

    private void say(long given) {
        tenant.filter(filter -> filter.count() > 0)
                .ifPresent(filter -> notes.add(
                        filter.count() + " records that neither are the tenant's nor are needed by it were left out: "
                                + filter.leftOut()));
        tenant.filter(filter -> filter.unknownCount() > 0)
                .ifPresent(filter -> notes.add(filter.unknownCount()
                        + " records of kinds that this metawal does not know do not name the tenant and were left out: "
                        + filter.unknown() + ". See whether the tenant needs them"));
        long former = system.formerCatalogLines();
        if (former > 0) {
            notes.add(former
                    + " lines of the catalog that Databend had until 2022-05 (Databases, Tables and their lookups) were"
                    + " left out: no databend-metactl takes them any more");
        }
        long raft = system.raftLines();
        if (raft > 0) {
            notes.add(raft + " lines of unknown kinds about the exported node's raft were left out");
        }
        if (options.cluster().isEmpty()
                && system.in(DatabendSpaces.LAST_MEMBERSHIP).isEmpty()) {
            notes.add(
                    "no membership is known at this point: a service starts from the file only with an initial cluster"
                            + " (--initial-cluster, here or of databend-metactl import)");
        }
        if (seqMax > given) {
            notes.add("Sequences was " + given + " and is written as " + seqMax + ", the greatest seq of a record");
        }
        if (options.cluster().isEmpty()
                && system.in(DatabendSpaces.LAST_APPLIED).stream().anyMatch(TodaysForm::differs)) {
            notes.add("the state is of before 2023: its LastApplied and LastMembership are written in the form that"
                    + " databend-metactl takes today");
        }
    }

    List<String> notes() {
        return notes;
    }

    /** Records that may have been the tenant's, and lines that no import takes. */
    long skipped() {
        return tenant.map(TenantFilter::unknownCount).orElse(0L) + system.formerCatalogLines();
    }

    /** Lines of the state machine in each file. */
    long lines() {
        return written;
    }

    void write(LineSink file, long id) {
        file.line(HEADER);
        LogId applied = system.lastApplied().orElse(LogId.FIRST);
        raft(file, id, applied);
        long before = recordCount + expire.size();
        // Always, since a service without it would give ids again.
        file.line(lines.sequences(SEQUENCE, "" + sequence));
        before++;
        for (Entry entry : system.in(DatabendSpaces.SEQUENCES)) {
            if (!entry.entryKey().key().toStringUtf8().equals(SEQUENCE)) {
                file.line(lines.of(entry));
                before++;
            }
        }
        before += meta(file, applied);
        for (Entry entry : system.unknownStateLines()) {
            file.line(lines.of(entry));
            before++;
        }
        expire.values().forEach(file::line);
        records.read(entry -> {
            ByteString key = entry.entryKey().key();
            if (tenant.isEmpty() || tenant.get().keeps(key)) {
                file.line(lines.kv(key, KvRecord.of(entry)));
            }
        });
        written = before;
    }

    private long meta(LineSink file, LogId applied) {
        if (options.cluster().isPresent()) {
            InitialCluster cluster = options.cluster().get();
            file.line(lines.meta("LastApplied", "{\"LogId\":" + applied.json() + "}"));
            file.line(lines.meta("LastMembership", cluster.lastMembership(applied)));
            cluster.nodes().keySet().forEach(node -> file.line(lines.node("" + node, cluster.node(node))));
            return 2L + cluster.nodes().size();
        }
        List<Entry> entries = new ArrayList<>(system.in(DatabendSpaces.LAST_APPLIED));
        entries.addAll(system.in(DatabendSpaces.LAST_MEMBERSHIP));
        entries.addAll(system.in(DatabendSpaces.META));
        List<Entry> nodes = new ArrayList<>(system.in(DatabendSpaces.NODE));
        nodes.sort(java.util.Comparator.comparing(
                entry -> Long.parseUnsignedLong(entry.entryKey().key().toStringUtf8()), Long::compareUnsigned));
        entries.addAll(nodes);
        entries.forEach(entry -> file.line(lines.of(TodaysForm.of(entry))));
        return entries.size();
    }

    /**
     * The raft log of a node. Where it has no entries it says that all up to LastApplied were purged, and its vote is not below the leader
     * of the last one: without these a service that imported the file does not start, or elects leaders whose entries its log refuses.
     */
    private void raft(LineSink file, long id, LogId applied) {
        boolean began = system.lastApplied().isPresent() || options.cluster().isPresent();
        if (options.cluster().isPresent()) {
            options.cluster().get().raftBegin(id, applied).forEach(file::line);
        } else if (began) {
            file.line(RaftLines.vote(applied));
        }
        boolean any = options.log().isPresent() && RaftLines.write(options.log().get(), applied, file::line);
        if (!any && began) {
            file.line(RaftLines.purged(applied));
        }
        options.cluster().ifPresent(cluster -> cluster.raftEnd(applied).forEach(file::line));
    }
}
