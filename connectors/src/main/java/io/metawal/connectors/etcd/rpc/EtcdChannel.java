package io.metawal.connectors.etcd.rpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.metawal.metadata.fault.UsageException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens the connection: TLS, endpoints, limits. */
final class EtcdChannel {
    // etcd closes a connection that pings oftener than every 5 s.
    private static final long PING_SECONDS = 10;
    private static final long PING_ANSWER_SECONDS_MAX = 5;

    // It tells every process, on stderr, that epoll is not there. Held, or the setting would be collected with the
    // logger.
    private static final Logger NOISY = Logger.getLogger("io.grpc.netty.TcpMetrics");

    static {
        NOISY.setLevel(Level.WARNING);
    }

    private EtcdChannel() {}

    static ManagedChannel open(EtcdAddress address) {
        // jetcd's resolver of "ip" targets takes several members; brackets of IPv6 are not allowed in a URI's path.
        String target = address.endpoints().stream()
                .map(endpoint -> endpoint.replace("[", "%5B").replace("]", "%5D"))
                .collect(Collectors.joining(",", "ip:///", ""));
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target)
                .defaultLoadBalancingPolicy("round_robin")
                // Each call sets its own, smaller limit where it can ask for less.
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        EtcdAddress.Tls tls = address.tls();
        if (tls == null) {
            return builder.usePlaintext().build();
        }
        return builder.sslContext(sslContext(tls)).build();
    }

    private static SslContext sslContext(EtcdAddress.Tls tls) {
        try {
            SslContextBuilder builder = GrpcSslContexts.forClient();
            Path authority = tls.authority();
            if (authority != null) {
                builder.trustManager(authority.toFile());
            }
            Path certificate = tls.certificate();
            if (certificate != null) {
                builder.keyManager(certificate.toFile(), keyOf(tls.key()).toFile());
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new UsageException(
                    "the TLS files " + tls + " cannot be used: " + e.getMessage()
                            + ". Expected PEM; a key in PKCS#8 (openssl pkcs8 -topk8 -nocrypt)",
                    e);
        }
    }

    private static Path keyOf(@Nullable Path key) {
        if (key == null) {
            throw new UsageException("a client certificate is given without its key: give both");
        }
        return key;
    }
}
