package io.metawal.testkit.etcd;

import io.metawal.testkit.servers.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Waits until a started etcd has a leader, as its metrics port tells without TLS or password. */
final class EtcdHealth {
    private static final int TRIES_MAX = 3_000;
    private static final long TRY_MILLIS = 10;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private EtcdHealth() {}

    /** @param clientPort of the same server; another server may have had one of its ports first: then this one will end */
    static void await(int port, int clientPort, ServerProcess server) {
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            for (int i = 0; i < TRIES_MAX; i++) {
                if (healthy(health) && server.listens(port) && server.listens(clientPort)) {
                    return;
                }
                server.failIfEnded(TRY_MILLIS);
            }
            throw new IllegalStateException("etcd did not become healthy: " + server.tail());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for etcd", e);
        }
    }

    private static boolean healthy(HttpRequest health) throws InterruptedException {
        try {
            HttpResponse<String> answer = HTTP.send(health, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
