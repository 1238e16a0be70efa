package io.metawal.connectors.etcd;

import io.metawal.connectors.capture.EntryDiff;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.PagedRange;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.ArrayList;
import java.util.List;

/** Compares an image with what etcd itself says it held at the image's revision. For one thread. */
public final class EtcdSelfCheck implements AutoCloseable {
    private static final int EXAMPLES_MAX = 10;

    private final EtcdOptions options;
    private final Interpretation interpretation;
    private final EtcdClient client;

    /**
     * What was found.
     *
     * @param revision that was compared
     * @param compacted whether etcd no longer has that revision, or the image stands at none yet, so that nothing could be compared
     * @param differences keys that are missing, too many, or of another value or meta
     * @param examples the first of them, a line each
     */
    public record Report(long revision, boolean compacted, long compared, long differences, List<String> examples) {
        public Report {
            examples = List.copyOf(examples);
        }
    }

    public EtcdSelfCheck(EtcdOptions options) {
        this(options, Interpretation.PLAIN);
    }

    public EtcdSelfCheck(EtcdOptions options, Interpretation interpretation) {
        this.options = options;
        this.interpretation = interpretation;
        this.client = new EtcdClient(options.address());
    }

    /** The image must stand at a commit that a point of restore could be, not in the middle of a base. */
    public Report compare(ImageView image) throws InterruptedException {
        return compare(client, options, interpretation, image);
    }

    static Report compare(EtcdClient client, EtcdOptions options, Interpretation interpretation, ImageView image)
            throws InterruptedException {
        return compare(client, options, interpretation, image, interpretation.revision(image));
    }

    /** @param revision that the image is the state of */
    static Report compare(
            EtcdClient client, EtcdOptions options, Interpretation interpretation, ImageView image, long revision)
            throws InterruptedException {
        if (revision == 0) {
            // No base yet; etcd would take it for its newest revision.
            return new Report(0, true, 0, 0, List.of());
        }
        List<String> examples = new ArrayList<>();
        long differences = 0;
        try (EntryIterator present = image.entries()) {
            PagedRange range = new PagedRange(client, options.range(), revision, options.pageKeysMax());
            Interpretation.Told told = interpretation.comparable(range, image);
            examples.addAll(told.contradictions());
            differences += told.contradictions().size();
            EntryDiff diff = new EntryDiff(told.entries(), present, interpretation::comparable);
            for (Change change = diff.next(); change != null; change = diff.next()) {
                differences++;
                if (examples.size() < EXAMPLES_MAX) {
                    examples.add(describe(image, change));
                }
            }
            return new Report(revision, false, diff.compared(), differences, examples);
        } catch (CompactedException e) {
            return new Report(revision, true, 0, 0, List.of());
        }
    }

    /** How a key differs; never its value. */
    static String describe(ImageView image, Change change) {
        String key = KeyText.of(change.entryKey().key());
        if (change.op() == Op.DELETE) {
            return key + " is in the image, not in etcd";
        }
        return image.find(change.entryKey()) == null
                ? key + " is in etcd, not in the image"
                : key + " has another value or meta in etcd";
    }

    @Override
    public void close() {
        client.close();
    }
}
