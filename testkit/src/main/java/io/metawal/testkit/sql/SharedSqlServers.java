package io.metawal.testkit.sql;

import io.metawal.testkit.net.SharedServers;
import io.metawal.testkit.servers.ServerEntry;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The database servers of one kind that the tests of this JVM share, by their configuration; each use is recorded. */
final class SharedSqlServers<S extends SqlServer> {
    private final SharedServers<S> servers = new SharedServers<>();
    private final ServerEntry entry;

    SharedSqlServers(ServerEntry entry) {
        this.entry = entry;
    }

    S get(List<String> configuration, Function<ServerEndpoint, S> given, Supplier<S> start) {
        Optional<ServerEndpoint> named = configuration.isEmpty() ? ServerEndpoint.given(entry) : Optional.empty();
        var unused = named.isPresent() ? entry.useShared() : entry.use();
        return servers.get(configuration, () -> named.map(given).orElseGet(() -> kept(start)));
    }

    private static <S extends SqlServer> S kept(Supplier<S> start) {
        S server = start.get();
        server.keep();
        return server;
    }
}
