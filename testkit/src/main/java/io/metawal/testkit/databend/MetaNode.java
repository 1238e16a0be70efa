package io.metawal.testkit.databend;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node: a port, a token key for as long as its process lives, and how far it shows the common history. */
final class MetaNode {
    private static final int MESSAGE_BYTES_MAX = 32 << 20;
    /** A connection that is being closed already may take ten seconds for it. */
    private static final int STOP_SECONDS_MAX = 60;

    private static final int STARTS_MAX = 50;
    private static final long START_PAUSE_MILLIS = 100;

    private final DatabendServer cluster;
    private final long id;
    private final int port;
    private final MetaFaults faults = new MetaFaults();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile String tokenKey = UUID.randomUUID().toString();
    private @Nullable Server server;

    MetaNode(DatabendServer cluster, long id, int port) {
        this.cluster = cluster;
        this.id = id;
        this.port = port;
    }

    long id() {
        return id;
    }

    String endpoint() {
        return "127.0.0.1:" + port;
    }

    String token() {
        return tokenKey;
    }

    MetaFaults faults() {
        return faults;
    }

    DatabendServer cluster() {
        return cluster;
    }

    MetaHistory history() {
        return cluster.history();
    }

    boolean leads() {
        return history().leader() == id;
    }

    /** The index up to which this node has applied the log. */
    long visible() {
        MetaHistory history = history();
        return Math.max(Math.min(faults.lagAt, history.last()), history.purged());
    }

    /** Listens again on its port, which a connection may hold for a moment. */
    void restart() throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                start();
                return;
            } catch (UncheckedIOException e) {
                if (attempt == STARTS_MAX) {
                    throw e;
                }
                var unused = new CountDownLatch(1).await(START_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    synchronized void start() {
        MetaCalls calls = new MetaCalls(this);
        try {
            NettyServerBuilder builder =
                    NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            DatabendServer.Certificates tls = cluster.certificates();
            if (tls != null) {
                builder.sslContext(GrpcSslContexts.forServer(
                                tls.certificate().toFile(), tls.key().toFile())
                        .trustManager(tls.authority().toFile())
                        .clientAuth(ClientAuth.REQUIRE)
                        .build());
            }
            server = builder.maxInboundMessageSize(MESSAGE_BYTES_MAX)
                    .executor(threads)
                    .addService(ServerInterceptors.intercept(calls, new MetaLogin(this)))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("node " + id + " cannot listen on " + endpoint(), e);
        }
    }

    /** Ends every connection and stream. */
    synchronized void stop() throws InterruptedException {
        Server running = server;
        server = null;
        if (running != null && !running.shutdownNow().awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("node " + id + " does not stop");
        }
    }

    /** What a new process has that the old had not. */
    void forgetTokens() {
        tokenKey = UUID.randomUUID().toString();
    }

    void end() throws InterruptedException {
        stop();
        threads.shutdownNow();
    }
}
