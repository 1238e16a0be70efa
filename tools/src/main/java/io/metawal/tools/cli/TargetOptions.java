package io.metawal.tools.cli;

import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdSource;
import io.metawal.connectors.etcd.EtcdTarget;
import io.metawal.connectors.etcd.LeasedKeys;
import io.metawal.connectors.ndjson.NdjsonTarget;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.repository.History;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a restore goes. */
final class TargetOptions {
    @Option(
            names = "--into",
            paramLabel = "URL",
            description = "ndjson:FILE, rocksdb:DIR, or etcd://HOST:PORT[,HOST:PORT…]; needed but for --plan")
    private @Nullable String into;

    @Option(names = "--prefix", description = "with etcd: only keys that start so; only they must not exist yet")
    private String prefix = "";

    @Option(
            names = "--drop-leased",
            description = "with etcd: leave out keys that had a lease; else they come back without")
    private boolean dropLeased;

    /**
     * @param identity of the cluster that the target belongs to and that can be captured; empty for a file
     * @param clock where that cluster's own clock stands
     */
    record Opened(RestoreTarget target, String identity, long clock) {
        /**
         * Whether a history begins there: not in a service that is captured into this repository already, and which has only
         * come further since. Its restored keys are changes like any others.
         */
        boolean beginsHistory(History history) {
            if (identity.isEmpty()) {
                return false;
            }
            for (int timeline : history.timelines().descendingKeySet()) {
                if (history.source(timeline).equals(identity)) {
                    long known = history.head(timeline)
                            .map(head -> head.at().epoch())
                            .orElse(0L);
                    return clock < known;
                }
            }
            return true;
        }
    }

    String into() {
        if (into == null) {
            throw new UsageException(
                    "where to? Give --into ndjson:FILE, rocksdb:DIR or etcd://HOST:PORT, or --plan to look");
        }
        return into;
    }

    void check() {
        String url = into();
        if (!url.startsWith("ndjson:") && !url.startsWith("rocksdb:") && !url.startsWith("etcd://")) {
            throw new UsageException("--into " + url
                    + " is no target: expected ndjson:FILE, rocksdb:DIR or etcd://HOST:PORT[,HOST:PORT…]");
        }
    }

    Opened open() {
        String url = into();
        if (url.startsWith("ndjson:")) {
            return new Opened(new NdjsonTarget(Path.of(url.substring("ndjson:".length()))), "", 0);
        }
        if (url.startsWith("rocksdb:")) {
            return new Opened(new RocksTarget(Path.of(url.substring("rocksdb:".length()))), "", 0);
        }
        EtcdOptions options = EtcdOptions.parse(url);
        EtcdOptions chosen =
                prefix.isEmpty() ? options : options.withPrefix(com.google.protobuf.ByteString.copyFromUtf8(prefix));
        try (EtcdSource source = new EtcdSource(chosen, InstantSource.system())) {
            return new Opened(
                    new EtcdTarget(chosen, dropLeased ? LeasedKeys.LEFT_OUT : LeasedKeys.WITHOUT_LEASE),
                    source.identity(),
                    source.clock());
        }
    }
}
