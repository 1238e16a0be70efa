package io.metawal.tools.daemon;

import io.metawal.metadata.port.Source;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;

/** The daemon's figures in Prometheus' form. */
final class Metrics {
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private Metrics() {}

    static void register(ClusterStatus status, Engine engine, EngineSink sink, Vitals vitals) {
        status.gauge("metawal_standby", "1 while another process writes", engine, any -> 0);
        status.gauge(
                "metawal_durable_seq",
                "newest commit that is durable here",
                engine,
                e -> e.log().head().seq());
        status.gauge(
                "metawal_archived_seq",
                "newest commit in the repository",
                engine,
                e -> e.archiver().archivedSeq());
        status.gauge(
                "metawal_epoch",
                "the source's clock at the newest commit",
                engine,
                e -> e.log().head().epoch());
        status.gauge(
                "metawal_term",
                "the term of this writer",
                engine,
                e -> e.role().term().term());
        status.gauge(
                "metawal_log_bytes",
                "bytes of the hot log on disk",
                engine,
                e -> e.log().bytesOnDisk());
        status.gauge("metawal_log_full", "1 while the hot log takes nothing", sink, s -> s.full() ? 1 : 0);
        status.gauge(
                "metawal_observed_until_seconds",
                "time up to which the source is known, since 1970",
                sink,
                s -> s.observedMicros() / MICROS_PER_SECOND);
        status.gauge(
                "metawal_archive_lag_commits",
                "commits that are durable here and not in the repository yet",
                vitals,
                v -> v.signs().unarchived());
        status.gauge(
                "metawal_archive_lag_seconds",
                "how long the archive has not come forward though it should",
                vitals,
                v -> v.signs().unarchived() == 0 ? 0 : v.signs().archiveIdle().toMillis() / 1000.0);
        status.gauge(
                "metawal_source_silent_seconds",
                "since the source was last heard of",
                vitals,
                v -> v.signs().sourceSilent().toMillis() / 1000.0);
        status.gauge(
                "metawal_selfcheck_differences",
                "keys in which image and source differed when last compared",
                vitals,
                v -> v.signs().differences());
        status.gauge(
                "metawal_compared_seq",
                "commit up to which what was captured was equal to the source when last compared",
                engine,
                e -> e.lastCompared().seq());
        status.gauge(
                "metawal_compared_seconds",
                "when that was, since 1970; NaN where it never was",
                engine,
                e -> e.lastComparedMicros().orElse(Double.NaN) / MICROS_PER_SECOND);
        status.counter(
                "metawal_archive_failures",
                "times that the store did not take a segment",
                engine,
                e -> e.archive().failures());
        status.counter(
                "metawal_archived_segments",
                "segments archived",
                engine,
                e -> e.archive().segments());
        status.counter(
                "metawal_archived_bytes",
                "bytes archived, as stored",
                engine,
                e -> e.archive().bytes());
        status.counter(
                "metawal_time_clamps",
                "commits whose time is not that of their clock, since the start",
                engine,
                e -> e.archive().clamps());
        status.counter("metawal_gap_records", "gaps recorded since the start", sink, s -> s.gaps());
    }

    /** What comparisons with the source cost. */
    static void register(ClusterStatus status, Comparisons comparisons) {
        status.counter(
                "metawal_selfcheck_slices", "slices of keys compared with the source", comparisons, c -> c.slices());
        status.counter("metawal_selfcheck_keys", "keys compared with the source", comparisons, c -> c.keys());
        status.counter(
                "metawal_selfcheck_seconds",
                "time that comparisons worked",
                comparisons,
                c -> c.workNanos() / NANOS_PER_SECOND);
        status.counter(
                "metawal_selfcheck_failures",
                "comparisons that the source did not answer",
                comparisons,
                c -> c.failures());
    }

    /** What the source measures of itself. */
    static void register(ClusterStatus status, Source source) {
        for (String name : source.gauges().keySet()) {
            status.gauge(
                    "metawal_source_" + name,
                    "as the source says: see its page in the documentation",
                    source,
                    s -> s.gauges().getOrDefault(name, Double.NaN));
        }
    }
}
