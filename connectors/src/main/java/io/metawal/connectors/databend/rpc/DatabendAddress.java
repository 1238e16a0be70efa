package io.metawal.connectors.databend.rpc;

import io.metawal.connectors.net.Tls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a Databend meta service is, and as whom to speak to it.
 *
 * @param endpoints each {@code HOST:PORT}, nodes of one cluster
 * @param user the service knows {@code root} alone
 * @param password the service of today does not look at it
 * @param tls null for plain text
 * @param messageBytesMax the largest message that is taken; the service's own limit is 32 MiB
 */
public record DatabendAddress(
        List<String> endpoints,
        String user,
        String password,
        @Nullable Tls tls,
        int messageBytesMax) {
    public static final String USER = "root";
    public static final int MESSAGE_BYTES_MAX = 32 << 20;

    public DatabendAddress {
        endpoints = List.copyOf(endpoints);
    }

    public static DatabendAddress of(List<String> endpoints) {
        return new DatabendAddress(endpoints, USER, "", null, MESSAGE_BYTES_MAX);
    }

    /** For messages; never with the password in it. */
    @Override
    public String toString() {
        return "databend+grpc://" + String.join(",", endpoints);
    }
}
