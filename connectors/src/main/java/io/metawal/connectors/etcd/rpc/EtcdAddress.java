package io.metawal.connectors.etcd.rpc;

import java.nio.file.Path;
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

    /**
     * PEM files. etcd's own and {@code openssl}'s keys fit where they are PKCS#8 ({@code BEGIN PRIVATE KEY}).
     *
     * @param authority who signed the server's certificate; null for the authorities that Java trusts
     * @param certificate the client's own, with its {@code key}; null where the server asks for none
     */
    public record Tls(
            @Nullable Path authority,
            @Nullable Path certificate,
            @Nullable Path key) {}

    public EtcdAddress {
        endpoints = List.copyOf(endpoints);
    }

    /** For messages; never with the password in it. */
    @Override
    public String toString() {
        return "etcd://" + String.join(",", endpoints);
    }
}
