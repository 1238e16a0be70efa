package io.metawal.testkit.sql;

import io.metawal.testkit.net.FreePorts;
import io.metawal.testkit.servers.ServerEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;

/** Where a server answers, and its administrator. */
record ServerEndpoint(String host, int port, String user, String password, String database) {
    static final String ADMIN = "metawal";
    static final String ADMIN_PASSWORD = "metawal-test";

    /** The administrator of a server that this JVM starts, on a port that nobody had a moment ago. */
    static ServerEndpoint own(String database) {
        try {
            return new ServerEndpoint("127.0.0.1", FreePorts.find(1)[0], ADMIN, ADMIN_PASSWORD, database);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The running server that the environment names; empty where it names none. */
    static Optional<ServerEndpoint> given(ServerEntry entry) {
        return entry.running().map(text -> parse(entry, text));
    }

    private static ServerEndpoint parse(ServerEntry entry, String text) {
        URI uri = URI.create(text);
        String who = uri.getUserInfo();
        String path = uri.getPath();
        if (uri.getHost() == null || uri.getPort() < 0 || who == null || path == null || path.length() < 2) {
            throw new IllegalStateException(
                    "the running " + entry
                            + " that the environment names is not of the form SCHEME://USER:PASSWORD@HOST:PORT/DATABASE, of a user who may create databases");
        }
        String[] parts = who.split(":", 2);
        return new ServerEndpoint(
                uri.getHost(), uri.getPort(), parts[0], parts.length == 2 ? parts[1] : "", path.substring(1));
    }
}
