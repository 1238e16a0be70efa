package io.metawal.testkit.sql;

import io.metawal.testkit.net.SharedServers;
import io.metawal.testkit.servers.ServerEntry;
import io.metawal.testkit.servers.ServerUses;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The database servers of one kind that the tests of this JVM share, by their configuration; each use is recorded. */
final class SharedSqlServers<S extends SqlServer> {
    private final SharedServers<S> servers = new SharedServers<>();
    private final ServerEntry entry;
    private final String variable;

    /** @param variable names the server that a test without a configuration gets, where it is set */
    SharedSqlServers(ServerEntry entry, String variable) {
        this.entry = entry;
        this.variable = variable;
    }

    S get(List<String> configuration, Function<ServerEndpoint, S> given, Supplier<S> start) {
        Optional<ServerEndpoint> named = configuration.isEmpty() ? ServerEndpoint.given(variable) : Optional.empty();
        if (named.isPresent()) {
            ServerUses.ofRunning(entry, variable);
        } else {
            var unused = entry.use();
        }
        return servers.get(configuration, () -> named.map(given).orElseGet(() -> kept(start)));
    }

    private static <S extends SqlServer> S kept(Supplier<S> start) {
        S server = start.get();
        server.keep();
        return server;
    }
}
