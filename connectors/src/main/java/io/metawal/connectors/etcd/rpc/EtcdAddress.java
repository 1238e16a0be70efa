package io.metawal.connectors.etcd.rpc;

import io.metawal.connectors.net.Tls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an etcd is, and as whom to speak to it.
 *
 * @param endpoints each {@code HOST:PORT}, members of one cluster
 * @param user null where the server asks for none
 * @param tls null for plain text
 */
public record EtcdAddress(
        List<String> endpoints,
        @Nullable String user,
        @Nullable String password,
        @Nullable Tls tls) {

    public EtcdAddress {
        endpoints = List.copyOf(endpoints);
    }

    /** For messages; never with the password in it. */
    @Override
    public String toString() {
        return "etcd://" + String.join(",", endpoints);
    }
}
