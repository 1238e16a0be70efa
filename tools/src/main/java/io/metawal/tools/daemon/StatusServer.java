package io.metawal.tools.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** {@code /metrics} for Prometheus and {@code /healthz} for whoever restarts or pages: 200 or 503, with the reasons. */
final class StatusServer implements AutoCloseable {
    private final HttpServer server;

    StatusServer(String host, int port, Supplier<String> metrics, Supplier<List<String>> complaints) {
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (IOException e) {
            throw new MetawalException(
                    ExitCode.BUSY, "cannot listen on " + host + ":" + port + ": " + e.getMessage() + "; see --http", e);
        }
        server.createContext("/metrics", exchange -> answer(exchange, 200, metrics.get()));
        server.createContext("/healthz", exchange -> {
            List<String> wrong = complaints.get();
            answer(exchange, wrong.isEmpty() ? 200 : 503, wrong.isEmpty() ? "ok\n" : String.join("\n", wrong) + "\n");
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
