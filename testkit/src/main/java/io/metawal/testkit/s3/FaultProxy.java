package io.metawal.testkit.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A proxy before an HTTP service, on a loopback port, that does to requests what its script says; what it lets through it passes on
 * unchanged, so that signatures hold. The client takes the proxy for the service.
 */
public final class FaultProxy implements AutoCloseable {
    private static final String ERROR =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>by script</Message></Error>";

    private final URI service;
    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Queue<Planned> script = new ArrayDeque<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private @Nullable RandomGenerator random;
    private double chance;
    private volatile Duration late = Duration.ofMillis(300);

    private record Planned(String method, ProxyFault fault) {}

    public FaultProxy(URI service) {
        this.service = service;
        try {
            this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** The next requests of this method meet these faults, one each. */
    public synchronized FaultProxy next(String method, ProxyFault... faults) {
        Arrays.stream(faults).map(fault -> new Planned(method, fault)).forEach(script::add);
        return this;
    }

    /** Any request meets some fault with this chance, by the seed. */
    public synchronized FaultProxy anytime(RandomGenerator by, double probability) {
        random = by;
        chance = probability;
        return this;
    }

    /** How late {@link ProxyFault#LATE} is. */
    public FaultProxy late(Duration by) {
        late = by;
        return this;
    }

    /** The first lines of the requests so far. */
    public List<String> seen() {
        return List.copyOf(seen);
    }

    private synchronized @Nullable ProxyFault faultOf(HttpMessage request) {
        for (Planned planned : script) {
            if (planned.method().equals(request.method())) {
                script.remove(planned);
                return planned.fault();
            }
        }
        if (random == null || random.nextDouble() >= chance) {
            return null;
        }
        // A 200 with an error in its body is what only the completion of an upload can meet.
        ProxyFault[] all = {
            ProxyFault.RESET_BEFORE,
            ProxyFault.RESET_AFTER,
            ProxyFault.SLOW_DOWN,
            ProxyFault.GARBLED_500,
            ProxyFault.ERROR_AFTER,
            ProxyFault.TRUNCATE
        };
        return all[random.nextInt(all.length)];
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            }
        } catch (IOException closed) {
            // As it should be, at the end.
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket()) {
            upstream.connect(new InetSocketAddress(service.getHost(), service.getPort()));
            InputStream in = new BufferedInputStream(client.getInputStream());
            InputStream answers = new BufferedInputStream(upstream.getInputStream());
            for (HttpMessage request = HttpMessage.request(in, client.getOutputStream());
                    request != null;
                    request = HttpMessage.request(in, client.getOutputStream())) {
                seen.add(request.first());
                if (!pass(request, client, upstream.getOutputStream(), answers)) {
                    return;
                }
            }
        } catch (IOException lost) {
            // Either side left; the other is told by its closed connection.
        } finally {
            open.remove(client);
        }
    }

    /** Returns whether the connection goes on. */
    private boolean pass(HttpMessage request, Socket client, OutputStream service, InputStream answers)
            throws IOException {
        ProxyFault fault = faultOf(request);
        HttpMessage answer = null;
        if (fault == null || fault.reaches()) {
            request.write(service);
            answer = HttpMessage.answer(answers, request.method());
        }
        OutputStream out = client.getOutputStream();
        if (fault == null || fault == ProxyFault.LATE) {
            if (fault == ProxyFault.LATE) {
                LockSupport.parkNanos(late.toNanos());
            }
            if (answer != null) {
                answer.write(out);
            }
            return true;
        }
        switch (fault) {
            case RESET_BEFORE, RESET_AFTER -> client.setSoLinger(true, 0);
            case SLOW_DOWN -> answer(out, request, "503 Slow Down", String.format(ERROR, "SlowDown"));
            case GARBLED_500 -> answer(out, request, "500 Internal Server Error", "<html><body>oops");
            case ERROR_AFTER ->
                answer(out, request, "500 Internal Server Error", String.format(ERROR, "InternalError"));
            case OK_WITH_ERROR, OK_WITH_ERROR_AFTER ->
                answer(out, request, "200 OK", String.format(ERROR, "InternalError"));
            case TRUNCATE -> {
                if (answer != null) {
                    out.write(answer.head());
                    out.write(answer.body(), 0, answer.body().length / 2);
                    out.flush();
                }
            }
            case LATE -> throw new AssertionError();
        }
        return false;
    }

    private static void answer(OutputStream out, HttpMessage request, String status, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        String head =
                "HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                        + body.length + "\r\n\r\n";
        out.write(head.getBytes(UTF_8));
        if (!request.method().equals("HEAD")) {
            out.write(body);
        }
        out.flush();
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket client : open) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
