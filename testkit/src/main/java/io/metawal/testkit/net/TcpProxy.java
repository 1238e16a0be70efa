package io.metawal.testkit.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A proxy in front of a service on a loopback port. It delays what a client sends or what it receives, holds everything back for a while, and
 * cuts connections. With a delay that changes, a later connection overtakes an earlier one. The service may come and go.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int PORTION_BYTES = 16 << 10;
    private static final long TICK_NANOS = 2_000_000;

    private final int servicePort;
    private final ServerSocket socket;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile long requestDelayNanos;
    private volatile long answerDelayNanos;
    private volatile boolean held;

    public TcpProxy(int servicePort) {
        this.servicePort = servicePort;
        try {
            this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    /** {@code HOST:PORT} for clients. */
    public String endpoint() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** From now on, each portion waits so long: one that a client sends, and one that the service sends. */
    public void delay(long requestMillis, long answerMillis) {
        requestDelayNanos = requestMillis * 1_000_000;
        answerDelayNanos = answerMillis * 1_000_000;
    }

    /** Lets nothing through until {@link #release}, and breaks nothing: as a network that drops packets, or a process that is stopped. */
    public void hold() {
        held = true;
    }

    public void release() {
        held = false;
    }

    /** Closes all connections. New ones are accepted. */
    public void cut() {
        for (Socket one : open) {
            close(one);
        }
        open.clear();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = socket.accept();
                client.setTcpNoDelay(true);
                open.add(client);
                start("connect", () -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket service = new Socket(InetAddress.getLoopbackAddress(), servicePort);
            service.setTcpNoDelay(true);
            open.add(service);
            start("requests", () -> pump(client, service, true));
            start("answers", () -> pump(service, client, false));
        } catch (IOException down) {
            close(client);
        }
    }

    private void pump(Socket from, Socket to, boolean requests) {
        byte[] portion = new byte[PORTION_BYTES];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int n = in.read(portion); n >= 0; n = in.read(portion)) {
                long until = System.nanoTime() + (requests ? requestDelayNanos : answerDelayNanos);
                while (held || System.nanoTime() < until) {
                    LockSupport.parkNanos(TICK_NANOS);
                    if (to.isClosed()) {
                        return;
                    }
                }
                out.write(portion, 0, n);
                out.flush();
            }
        } catch (IOException broken) {
            // The other direction is closed too.
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket one) {
        try {
            one.close();
        } catch (IOException done) {
            // It is closed.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException done) {
            // It is closed.
        }
        held = false;
        cut();
    }
}
