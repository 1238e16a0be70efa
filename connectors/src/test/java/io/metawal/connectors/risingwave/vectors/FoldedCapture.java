package io.metawal.connectors.risingwave.vectors;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.fold.DeltaFold;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A capture's fold with the image that it makes, and the checkpoint that a meta node would have written. */
final class FoldedCapture implements HummockVersions {
    private final TreeMap<EntryKey, Entry> image = new TreeMap<>();
    private final List<String> gaps = new ArrayList<>();
    private final DeltaFold fold;
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private HummockVersion checkpoint;

    /** Begins at a checkpoint, with no delta after it. */
    FoldedCapture(HummockVersion checkpoint, HummockDialect dialect) {
        this.checkpoint = checkpoint;
        this.fold = new DeltaFold(this, () -> now, "the database", Runnable::run);
        var unused = fold.dialect(dialect);
        fold.beforeBase();
        fold.base(new TreeMap<>(), entry -> image.put(entry.entryKey(), entry));
    }

    @Override
    public boolean canFind(HummockParameters parameters) {
        return true;
    }

    @Override
    public HummockVersion checkpoint(HummockParameters parameters) {
        return checkpoint;
    }

    void take(HummockVersionDelta delta) {
        TreeMap<Long, ByteString> deltas = new TreeMap<>();
        deltas.put(delta.getId(), delta.toByteString());
        take(deltas);
    }

    private void take(SortedMap<Long, ByteString> deltas) {
        now = now.plus(Duration.ofSeconds(1));
        fold(fold.take(deltas));
        if (!fold.gap().isEmpty()) {
            gaps.add(fold.gap());
        }
    }

    /** The migrations of another release have run. */
    void upgrade(HummockDialect dialect) {
        fold(fold.dialect(dialect));
    }

    /** The meta node writes a checkpoint, and deletes the rows that it covers. */
    void checkpointed(HummockVersion version) {
        checkpoint = version;
        now = now.plus(Duration.ofSeconds(30));
        fold.deltasDeleted();
        take(new TreeMap<>());
    }

    private void fold(List<Change> changes) {
        for (Change change : changes) {
            if (change.op() == Op.PUT) {
                image.put(change.entryKey(), Entry.of(change));
            } else {
                image.remove(change.entryKey());
            }
        }
    }

    List<String> gaps() {
        return gaps;
    }

    Map<String, Double> gauges() {
        return fold.gauges();
    }

    Map<EntryKey, Entry> image() {
        return image;
    }

    /** The value of an entry that is there. */
    String text(EntryKey key) {
        return Objects.requireNonNull(image.get(key), key::toString).value().toStringUtf8();
    }

    HummockVersion version() {
        VersionAssembler assembler = new VersionAssembler();
        image.values().forEach(assembler::add);
        return assembler.assemble();
    }
}
