package io.metawal.tools.daemon;

import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/** The daemon's figures in Prometheus' form. */
final class Metrics {
    private static final double MICROS_PER_SECOND = 1e6;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    Metrics(Engine engine, EngineSink sink, Vitals vitals) {
        gauge(
                "metawal_durable_seq",
                "newest commit that is durable here",
                engine,
                e -> e.log().head().seq());
        gauge(
                "metawal_archived_seq",
                "newest commit in the repository",
                engine,
                e -> e.archiver().archivedSeq());
        gauge(
                "metawal_epoch",
                "the source's clock at the newest commit",
                engine,
                e -> e.log().head().epoch());
        gauge(
                "metawal_term",
                "the term of this writer",
                engine,
                e -> e.role().term().term());
        gauge(
                "metawal_log_bytes",
                "bytes of the hot log on disk",
                engine,
                e -> e.log().bytesOnDisk());
        gauge("metawal_log_full", "1 while the hot log takes nothing", sink, s -> s.full() ? 1 : 0);
        gauge(
                "metawal_observed_until_seconds",
                "time up to which the source is known, since 1970",
                sink,
                s -> s.observedMicros() / MICROS_PER_SECOND);
        gauge(
                "metawal_archive_lag_commits",
                "commits that are durable here and not in the repository yet",
                vitals,
                v -> v.signs().unarchived());
        gauge(
                "metawal_archive_lag_seconds",
                "how long the archive has not come forward though it should",
                vitals,
                v -> v.signs().unarchived() == 0 ? 0 : v.signs().archiveIdle().toMillis() / 1000.0);
        gauge(
                "metawal_source_silent_seconds",
                "since the source was last heard of",
                vitals,
                v -> v.signs().sourceSilent().toMillis() / 1000.0);
        gauge(
                "metawal_selfcheck_differences",
                "keys in which image and source differed when last compared",
                vitals,
                v -> v.signs().differences());
        counter(
                "metawal_archive_failures",
                "times that the store did not take a segment",
                engine,
                e -> e.archive().failures());
        counter(
                "metawal_archived_segments",
                "segments archived",
                engine,
                e -> e.archive().segments());
        counter(
                "metawal_archived_bytes",
                "bytes archived, as stored",
                engine,
                e -> e.archive().bytes());
        counter("metawal_gap_records", "gaps recorded since the start", sink, s -> s.gaps());
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }

    private <T> void counter(String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }

    String scrape() {
        return registry.scrape();
    }
}
