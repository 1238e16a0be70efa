package io.metawal.testkit.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits until a started etcd has a leader, as its metrics port tells without TLS or password. */
final class EtcdHealth {
    private static final int TRIES_MAX = 3_000;
    private static final long TRY_MILLIS = 10;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private EtcdHealth() {}

    static void await(int port, Process process, Path log) {
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            for (int i = 0; i < TRIES_MAX; i++) {
                if (healthy(health)) {
                    return;
                }
                // Ends early where the process does.
                if (process.waitFor(TRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException(
                            "etcd ended with " + process.exitValue() + " while starting: " + tail(log));
                }
            }
            throw new IllegalStateException("etcd did not become healthy: " + tail(log));
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

    private static String tail(Path log) {
        try {
            String text = Files.exists(log) ? Files.readString(log) : "";
            return text.substring(Math.max(0, text.length() - 2000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
