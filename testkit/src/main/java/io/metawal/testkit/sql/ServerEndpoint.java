package io.metawal.testkit.sql;

import io.metawal.testkit.net.FreePorts;
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

    /** What an environment variable names; empty where it is not set. */
    static Optional<ServerEndpoint> given(String variable) {
        String text = System.getenv(variable);
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        URI uri = URI.create(text);
        String who = uri.getUserInfo();
        String path = uri.getPath();
        if (uri.getHost() == null || uri.getPort() < 0 || who == null || path == null || path.length() < 2) {
            throw new IllegalStateException(
                    variable
                            + " is not of the form SCHEME://USER:PASSWORD@HOST:PORT/DATABASE, of a user who may create databases");
        }
        String[] parts = who.split(":", 2);
        return Optional.of(new ServerEndpoint(
                uri.getHost(), uri.getPort(), parts[0], parts.length == 2 ? parts[1] : "", path.substring(1)));
    }
}
