package io.metawal.connectors.net;

import io.grpc.netty.GrpcSslContexts;
import io.metawal.metadata.fault.UsageException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * PEM files of a client. etcd's own and {@code openssl}'s keys fit where they are PKCS#8 ({@code BEGIN PRIVATE KEY}).
 *
 * @param authority who signed the server's certificate; null for the authorities that Java trusts
 * @param certificate the client's own, with its {@code key}; null where the server asks for none
 */
public record Tls(
        @Nullable Path authority,
        @Nullable Path certificate,
        @Nullable Path key) {

    /** Reads the files; a usage error where they cannot be used. */
    public SslContext context() {
        try {
            SslContextBuilder builder = GrpcSslContexts.forClient();
            if (authority != null) {
                builder.trustManager(authority.toFile());
            }
            if (certificate != null) {
                builder.keyManager(certificate.toFile(), keyOf(key).toFile());
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new UsageException(
                    "the TLS files " + this + " cannot be used: " + e.getMessage()
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
