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
     * @param why the reason of the gap, where it is not that etcd compacted its history; else empty
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
            BaseCommits commits = new BaseCommits(
                    new BaseCommits.Place(
                            interpretation.origin(),
                            interpretation.epoch(head.revision()),
                            Timestamps.micros(to.clock().instant()),
                            EtcdPosition.inBase(head.clusterId(), head.revision(), after)
                                    .bytes(),
                            done.bytes(),
                            after == 0 ? "" : why.isEmpty() ? gap(after, head.revision()) : why),
                    sink);
            commits.addAll(new EntryDiff(wanted, present, interpretation::owns));
            commits.finish();
        }
        return done;
    }

    private static String gap(long after, long revision) {
        return "etcd revisions " + (after + 1) + " to " + revision + " were compacted away before they were captured;"
                + " what they left at revision " + revision + " is here";
    }
}
