package io.metawal.testkit.s3;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/**
 * Stands before an HTTP server and spoils what goes through, request by request, as it is told: by the method and the number of
 * the request. Requests are passed on as they came, so their signatures stay valid.
 */
public final class FaultProxy implements AutoCloseable {
    private static final long SLOW_NANOS = 150_000_000L;

    private final ServerSocket server;
    private final URI target;
    private final BiFunction<String, Integer, WireFault> script;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger spoiled = new AtomicInteger();

    private FaultProxy(ServerSocket server, URI target, BiFunction<String, Integer, WireFault> script) {
        this.server = server;
        this.target = target;
        this.script = script;
    }

    /** @param script what happens to the request of this method and this number, counted from 1 over all */
    public static FaultProxy before(URI target, BiFunction<String, Integer, WireFault> script) {
        try {
            ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
            FaultProxy proxy = new FaultProxy(server, target, script);
            daemon(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    public int requests() {
        return requests.get();
    }

    public int spoiled() {
        return spoiled.get();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                daemon(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            OutputStream out = client.getOutputStream();
            HttpMessage request = HttpMessage.read(new BufferedInputStream(client.getInputStream()), () -> {
                out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            });
            if (request != null) {
                answer(client, out, request);
            }
        } catch (IOException e) {
            // Broken connections are what this is for.
        }
    }

    private void answer(Socket client, OutputStream out, HttpMessage request) throws IOException {
        WireFault fault = script.apply(request.method(), requests.incrementAndGet());
        if (fault != WireFault.NONE) {
            spoiled.incrementAndGet();
        }
        switch (fault) {
            case NONE -> out.write(pass(request));
            case SLOW -> {
                byte[] answer = pass(request);
                LockSupport.parkNanos(SLOW_NANOS);
                out.write(answer);
            }
            case RESET_BEFORE -> reset(client);
            case RESET_AFTER -> {
                pass(request);
                reset(client);
            }
            case ERROR_BEFORE -> out.write(error("500 Internal Server Error", "InternalError"));
            case ERROR_AFTER -> {
                pass(request);
                out.write(error("500 Internal Server Error", "InternalError"));
            }
            case SLOW_DOWN -> out.write(error("503 Slow Down", "SlowDown"));
            case TRUNCATED -> {
                byte[] answer = pass(request);
                out.write(answer, 0, answer.length - Math.min(answer.length, Math.max(1, answer.length / 3)));
            }
        }
        out.flush();
    }

    private static void reset(Socket client) throws IOException {
        // A close with unread time-to-linger 0 is a reset on the wire.
        client.setSoLinger(true, 0);
        client.close();
    }

    private byte[] pass(HttpMessage request) throws IOException {
        try (Socket to = new Socket(target.getHost(), target.getPort())) {
            OutputStream out = to.getOutputStream();
            out.write(request.head().getBytes(StandardCharsets.ISO_8859_1));
            out.write(request.body());
            out.flush();
            InputStream in = to.getInputStream();
            return in.readAllBytes();
        }
    }

    private static byte[] error(String status, String code) {
        String body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>injected</Message></Error>";
        return ("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
