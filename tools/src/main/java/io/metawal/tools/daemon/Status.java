package io.metawal.tools.daemon;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process says of itself: {@code /metrics} and {@code /healthz} over all clusters that it serves. Safe for several threads. */
public final class Status implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Status.class);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Supplier<List<String>>> complaints = new ConcurrentSkipListMap<>();
    private final @Nullable StatusServer server;

    private Status(@Nullable String host, int port) {
        server = host == null ? null : new StatusServer(host, port, registry::scrape, this::complaints);
    }

    /** One that nobody can ask. */
    public static Status silent() {
        return new Status(null, 0);
    }

    /** @param port 0 for any */
    public static Status listening(String host, int port) {
        Status status = new Status(host, port);
        LOG.info("listening on {}:{} for /metrics and /healthz", host, status.port());
        return status;
    }

    /** Where it listens; 0 for nowhere. */
    public int port() {
        return server == null ? 0 : server.port();
    }

    /** The part of one cluster. */
    public ClusterStatus cluster(String name) {
        return new ClusterStatus(name, registry, told -> complaints.put(name, told));
    }

    /** What is wrong, a line each, with the cluster's name where there are several. */
    List<String> complaints() {
        List<String> all = new ArrayList<>();
        boolean several = complaints.size() > 1;
        complaints.forEach((name, told) ->
                told.get().forEach(complaint -> all.add(several ? name + ": " + complaint : complaint)));
        return all;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
