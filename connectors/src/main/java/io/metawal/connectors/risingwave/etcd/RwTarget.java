package io.metawal.connectors.risingwave.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdTarget;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.outside.ObjectIdFloor;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An empty etcd as the meta store of a restored cluster: rows as they were, the version as the checkpoint that the meta node starts from, no
 * deltas but those that stand behind it. The rows are held in memory, as the meta node will hold them; the files are asked for before the
 * first is written. For one thread.
 */
public final class RwTarget implements RestoreTarget {
    private static final EntryKey OBJECT_IDS =
            new EntryKey(RwSpaces.ID_DEFAULT, ByteString.copyFromUtf8("hummock_ss_table_id_next_generator"));
    private static final ByteString ETCD = ByteString.copyFromUtf8("\"etcd\"");

    private final RwPlaces places;
    private final RwFiles files;
    private final EtcdTarget etcd;
    private final VersionAssembler version = new VersionAssembler();
    private final TreeMap<ByteString, ByteString> rows = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private final Map<String, String> captured = new HashMap<>();
    private final Map<String, String> parameters = new HashMap<>();
    private Optional<RestorePoint> point = Optional.empty();
    private long ephemeral;
    private final KeptDeltas kept = new KeptDeltas();
    private boolean ofEtcd;
    private List<String> idNotes = List.of();
    private Optional<HummockVersion> assembled = Optional.empty();

    /** @param version that is to read it; null where it was not told */
    public RwTarget(EtcdOptions options, RwPlaces places, RwFiles files, @Nullable RwVersion version) {
        if (version != null && version.atLeast(2, 1)) {
            throw new UsageException("RisingWave " + version + " has no meta store on etcd, v2.0 was the last that had:"
                    + " give a --risingwave-version up to 2.0, or restore into its SQL meta store");
        }
        this.places = places;
        this.files = files;
        this.etcd = EtcdTarget.withLastStep(options, this::writeCheckpoint);
    }

    @Override
    public String describe() {
        return "risingwave+" + etcd.describe();
    }

    /** Everything is written when it is published, and by then it is proven. */
    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {
        if (places.equals(RwPlaces.AS_CAPTURED)) {
            files.requireStopped(HummockParameters.UNKNOWN, HummockParameters.UNKNOWN);
        }
        try {
            etcd.check(point);
        } catch (MetawalException e) {
            if (e.code() == ExitCode.TARGET_NOT_EMPTY) {
                throw new MetawalException(
                        e.code(),
                        e.text()
                                + ". A cluster that lives there is never restored over: two clusters must not run on the same"
                                + " SST files, so stop the old one, and restore into an empty etcd",
                        e);
            }
            throw e;
        }
    }

    @Override
    public void prepare(RestorePoint point) {
        check(point);
        this.point = Optional.of(point);
    }

    @Override
    public void write(Entry entry) {
        EntryKey key = entry.entryKey();
        if (key.equals(RwSpaces.STORE)) {
            ofEtcd = entry.value().toStringUtf8().contains(ETCD.toStringUtf8());
        } else if (CategoryRules.DEFAULT.categoryOf(key) == Category.EPHEMERAL) {
            ephemeral++;
        } else {
            version.add(entry);
            kept.note(entry);
            RwKeys.encode(key).ifPresent(row -> put(key, row, entry.value()));
        }
    }

    private void put(EntryKey key, ByteString row, ByteString value) {
        ByteString written = value;
        if (key.space().equals(RwModel.SYSTEM_PARAMETER.space())) {
            String name = key.key().toStringUtf8();
            String changed = places.parameters().get(name);
            written = changed == null ? value : ByteString.copyFromUtf8(changed);
            captured.put(name, value.toStringUtf8());
            parameters.put(name, written.toStringUtf8());
        }
        rows.put(row, written);
    }

    @Override
    public void examine(Entry entry) {
        write(entry);
    }

    @Override
    public RestoreReport ready() {
        Rows all = complete();
        all.entries().forEach(etcd::examine);
        return report(etcd.ready(), all.version());
    }

    /** What goes into the etcd, and the version that goes into the checkpoint. */
    private record Rows(List<Entry> entries, HummockVersion version) {}

    private Rows complete() {
        if (!ofEtcd) {
            throw new UsageException("what was captured is no RisingWave meta store on etcd, so it cannot become one:"
                    + " restore it into the kind of store that it came from, or into ndjson:FILE");
        }
        HummockVersion whole = version.assemble();
        kept.requireMeet(whole.getId());
        assembled = Optional.of(whole);
        HummockParameters hummock = HummockParameters.of(parameters);
        files.requireStopped(HummockParameters.of(captured), hummock);
        files.check(whole, hummock);
        aheadOfFiles(files.greatestObject(hummock));
        List<Entry> entries = rows.entrySet().stream()
                .map(row -> new Entry(new EntryKey(EntryMapping.KV, row.getKey()), row.getValue(), ByteString.EMPTY))
                .toList();
        return new Rows(entries, whole);
    }

    /** The generator's value is the next id of a block that nobody was given. */
    private void aheadOfFiles(OptionalLong greatest) {
        ByteString row = RwKeys.encode(OBJECT_IDS).orElseThrow();
        ByteString known = rows.get(row);
        long next = ObjectIdFloor.next(greatest);
        if (known == null
                || known.size() != Long.BYTES
                || next <= known.asReadOnlyByteBuffer().getLong()) {
            return;
        }
        long before = known.asReadOnlyByteBuffer().getLong();
        ByteBuffer value = ByteBuffer.allocate(Long.BYTES).putLong(next);
        rows.put(row, ByteString.copyFrom(value.flip()));
        idNotes = List.of(ObjectIdFloor.note(greatest.orElseThrow(), before, next));
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        RestorePoint to = point.orElseThrow();
        Rows all = complete();
        all.entries().forEach(etcd::examine);
        var unused = etcd.ready();
        etcd.prepare(to, content(all.entries(), all.version()));
        all.entries().forEach(etcd::write);
        return report(etcd.publish(beforeVisible), all.version());
    }

    private RestoreReport report(RestoreReport report, HummockVersion whole) {
        HummockParameters hummock = HummockParameters.of(parameters);
        List<String> notes = new ArrayList<>(report.notes());
        notes.add("Hummock version " + Long.toUnsignedString(whole.getId()) + " stands in the checkpoint in "
                + files.place(hummock));
        notes.addAll(files.notes());
        notes.addAll(kept.notes());
        notes.addAll(idNotes);
        if (ephemeral > 0) {
            notes.add(ephemeral + " rows were left out because they are ephemeral: workers, pins, tasks, elections");
        }
        notes.add("two clusters must not run on the same SST files: stop the old one before this one starts");
        return new RestoreReport(report.entries(), report.skipped(), ephemeral, notes);
    }

    /** Tells what is written by one restore from what another would write, with other options or newer ids. */
    private static String content(List<Entry> entries, HummockVersion version) {
        Digest all = Digest.EMPTY;
        for (Entry entry : entries) {
            all = all.plus(Digest.of(entry));
        }
        return all + " version " + Long.toUnsignedString(version.getId());
    }

    private void writeCheckpoint() {
        files.checkpoint(assembled.orElseThrow(), HummockParameters.of(parameters));
    }

    @Override
    public void close() {
        etcd.close();
    }
}
