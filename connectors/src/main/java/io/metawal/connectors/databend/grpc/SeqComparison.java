package io.metawal.connectors.databend.grpc;

import io.metawal.connectors.databend.ListedState;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.databend.rpc.NodeStatus;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the seq that a service gave last with the image's, whenever both are of the same log entry (I12). The service says it of itself, so
 * that a replay that went wrong shows though every export agrees with it. Where they differ, what the service lists is taken over behind a
 * gap. Costs two short calls for each export, and a list of everything where they differ. For one thread.
 */
final class SeqComparison {
    private static final Logger LOG = LoggerFactory.getLogger(SeqComparison.class);
    private static final int LOOKS_MAX = 4;
    private static final EntryKey SEQUENCE = EntryKey.of(DatabendSpaces.SEQUENCES.name(), "generic-kv");

    private final DatabendClient client;
    private final InstantSource clock;
    private final Path scratch;
    private long compared = -1;

    SeqComparison(DatabendClient client, InstantSource clock, Path scratch) {
        this.client = client;
        this.clock = clock;
        this.scratch = scratch;
    }

    /**
     * @param asked what the node said of itself before
     * @param complete the index that the sink's image is at
     */
    void look(NodeStatus asked, long complete, FollowedSink sink) throws InterruptedException {
        if (compared == complete || !quietAt(asked, complete)) {
            return;
        }
        long image = sequence(sink);
        NodeStatus now = client.status();
        // An entry may be in the log a moment before it is applied: a difference counts where it stays.
        for (int look = 1; look < LOOKS_MAX && same(asked, now) && now.lastSeq() != image; look++) {
            client.rest(look);
            now = client.status();
        }
        if (!same(asked, now)) {
            return;
        }
        if (now.lastSeq() != image) {
            LOG.warn(
                    "{}: at log index {} it has given seq {}, and what was captured leads to {}: reading what it lists",
                    now.endpoint(),
                    complete,
                    now.lastSeq(),
                    image);
            takeOver(now, sink);
        }
        compared = complete;
    }

    private static boolean quietAt(NodeStatus status, long complete) {
        return status.leads() && status.lastLogIndex() == complete;
    }

    private static boolean same(NodeStatus one, NodeStatus other) {
        return other.leads()
                && other.appliedAll()
                && one.endpoint().equals(other.endpoint())
                && one.term() == other.term()
                && one.lastLogIndex() == other.lastLogIndex();
    }

    private static long sequence(FollowedSink sink) throws InterruptedException {
        try (ImageView view = sink.image()) {
            Entry entry = view.find(SEQUENCE);
            return entry == null ? 0 : Long.parseLong(entry.value().toStringUtf8());
        }
    }

    private void takeOver(NodeStatus before, FollowedSink sink) throws InterruptedException {
        try (LiveList list = LiveList.take(client, scratch)) {
            NodeStatus after = client.status();
            if (same(before, after)) {
                new ListedState(list, after.lastSeq(), clock.millis())
                        .takeOver(sink.position(), sink)
                        .ifPresent(found -> LOG.warn(
                                "{}: what was captured differs from what it lists in {}; the list was taken over",
                                after.endpoint(),
                                found));
            }
        }
    }
}
