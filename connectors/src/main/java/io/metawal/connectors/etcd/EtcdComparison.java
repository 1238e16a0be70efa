package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BoundedEntries;
import io.metawal.connectors.capture.EntryDiff;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.KeyRange;
import io.metawal.connectors.etcd.rpc.PagedRange;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.Captured;
import io.metawal.metadata.port.SelfCheck;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares an image with what etcd says it held at the image's own revision, so that what is written meanwhile does not matter. Plain keys are
 * compared in slices of their order, one bounded read each; keys that are interpreted only as a whole are one slice. For one thread.
 */
final class EtcdComparison implements SelfCheck {
    /** A slice ends once it weighs so much. */
    private static final long SLICE_BYTES_MAX = 16L << 20;

    private final EtcdClient client;
    private final EtcdOptions options;
    private final Interpretation interpretation;
    private @Nullable KeyRange rest;

    EtcdComparison(EtcdClient client, EtcdOptions options, Interpretation interpretation) {
        this.client = client;
        this.options = options;
        this.interpretation = interpretation;
    }

    @Override
    public Slice compare(int keysMax, Captured captured) throws InterruptedException {
        try (Captured.ChangedKeys since = captured.watch();
                ImageView image = captured.image()) {
            long revision = interpretation.revision(image);
            // Without a base, or with a part of one, the image was never what etcd held.
            if (revision == 0 || since.all()) {
                return Slice.unknown();
            }
            Slice slice = interpretation.sliced() ? slice(keysMax, revision, image) : whole(image);
            return since.all() ? Slice.unknown() : slice;
        } catch (CompactedException e) {
            return Slice.unknown();
        }
    }

    private Slice whole(ImageView image) throws InterruptedException {
        EtcdSelfCheck.Report report = EtcdSelfCheck.compare(client, options, interpretation, image);
        if (report.compacted()) {
            return Slice.unknown();
        }
        return report.differences() == 0
                ? Slice.equal(Place.LAST, image.provenance(), report.compared())
                : Slice.different(
                        image.provenance(),
                        report.compared(),
                        report.differences(),
                        report.examples().get(0));
    }

    private Slice slice(int keysMax, long revision, ImageView image) throws InterruptedException {
        KeyRange asked = rest == null ? options.range() : rest;
        PagedRange range = PagedRange.slice(client, asked, revision, Math.min(keysMax, options.pageKeysMax()));
        List<Entry> held = new ArrayList<>();
        long bytes = 0;
        boolean ended = false;
        while (held.size() < keysMax && bytes < SLICE_BYTES_MAX) {
            Entry entry = range.next();
            if (entry == null) {
                ended = !range.more();
                break;
            }
            held.add(entry);
            bytes += entry.entryKey().key().size() + entry.value().size();
        }
        ByteString last =
                held.isEmpty() ? null : held.get(held.size() - 1).entryKey().key();
        KeyRange left = ended || last == null ? null : asked.after(last);
        KeyRange compared = left == null ? asked : new KeyRange(asked.start(), left.start());
        long differences = 0;
        String first = "";
        EntryDiff diff;
        try (EntryIterator present = image.entriesFrom(new EntryKey(EntryMapping.KV, asked.start()))) {
            diff = new EntryDiff(EntrySource.of(held.iterator()), upTo(present, compared), interpretation::comparable);
            for (Change change = diff.next(); change != null; change = diff.next()) {
                first = differences == 0 ? EtcdSelfCheck.describe(image, change) : first;
                differences++;
            }
        }
        if (differences > 0) {
            return Slice.different(image.provenance(), diff.compared(), differences, first);
        }
        rest = left;
        return Slice.equal(left == null ? Place.LAST : Place.INSIDE, image.provenance(), diff.compared());
    }

    /** The image's entries as far as a range goes, so that the diff ends there. */
    private static EntryIterator upTo(EntryIterator present, KeyRange range) {
        return new BoundedEntries(
                present, entry -> range.contains(entry.entryKey().key()));
    }

    @Override
    public void restart() {
        rest = null;
    }

    @Override
    public void close() {
        client.close();
    }
}
