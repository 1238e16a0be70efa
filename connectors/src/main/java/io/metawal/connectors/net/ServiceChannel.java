package io.metawal.connectors.net;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens the connection to a service over gRPC: pings, so that a silent end is noticed; TLS. */
public final class ServiceChannel {
    // etcd closes a connection that pings oftener than every 5 s.
    private static final long PING_SECONDS = 10;
    private static final long PING_ANSWER_SECONDS_MAX = 5;

    // It tells every process, on stderr, that epoll is not there. Held, or the setting would be collected with the
    // logger.
    private static final Logger NOISY = Logger.getLogger("io.grpc.netty.TcpMetrics");

    static {
        NOISY.setLevel(Level.WARNING);
    }

    private ServiceChannel() {}

    /** @param tls null for plain text */
    public static ManagedChannel open(NettyChannelBuilder builder, @Nullable Tls tls) {
        builder.keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        return tls == null
                ? builder.usePlaintext().build()
                : builder.sslContext(tls.context()).build();
    }
}
