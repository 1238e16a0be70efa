package io.metawal.connectors.etcd;

import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.capture.EntryDiff;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.connectors.etcd.rpc.PagedRange;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;

/** A base of what etcd holds at one revision. */
final class EtcdBase {
    private EtcdBase() {}

    /**
     * @param after the revision up to which the log was complete; 0 where it held nothing
     * @param why the reason of the gap after that revision; not used where the log held nothing
     */
    static EtcdPosition take(EtcdCapture.Wiring to, EtcdHeader head, long after, String why, CheckedSink sink)
            throws InterruptedException {
        Interpretation interpretation = to.interpretation();
        EtcdPosition done = EtcdPosition.at(head.clusterId(), head.revision());
        try (ImageView image = sink.image();
                EntryIterator present = image.entries()) {
            PagedRange range = new PagedRange(
                    to.client(),
                    to.options().range(),
                    head.revision(),
                    to.options().pageKeysMax());
            EntrySource wanted = interpretation.base(range, head.revision());
            long epoch = interpretation.epoch(head.revision());
            if (after > 0) {
                requireForward(to.options(), epoch, image);
            }
            BaseCommits commits = new BaseCommits(
                    new BaseCommits.Place(
                            interpretation.origin(),
                            epoch,
                            Timestamps.micros(to.clock().instant()),
                            EtcdPosition.inBase(head.clusterId(), head.revision(), after)
                                    .bytes(),
                            done.bytes(),
                            after == 0 ? "" : gap(after, head.revision()) + why),
                    sink);
            commits.addAll(new EntryDiff(wanted, present, interpretation::owns));
            commits.finish();
        }
        return done;
    }

    /** A commit's epoch never falls: a service whose own clock went back needs a timeline of its own. */
    private static void requireForward(EtcdOptions options, long epoch, ImageView image) {
        long captured = image.provenance().epoch();
        if (epoch < captured) {
            throw OtherHistory.wentBack(options, "its epoch is " + epoch, "epoch " + captured);
        }
    }

    /** What a gap's reason begins with. A difference that was found comes last in it: {@code SourceDifference}. */
    private static String gap(long after, long revision) {
        String missing = revision <= after
                ? ""
                : "etcd revisions " + (after + 1) + " to " + revision + " were not captured one by one. ";
        return missing + "This base is what etcd held at revision " + revision + ": ";
    }
}
