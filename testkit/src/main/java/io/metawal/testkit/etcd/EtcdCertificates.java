package io.metawal.testkit.etcd;

import io.metawal.testkit.servers.ServerCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A certificate authority made for one test, with a server's and a client's certificate of it; needs {@code openssl}. */
public record EtcdCertificates(Path authority, Path server, Path serverKey, Path client, Path clientKey) {

    /** Makes them in {@code directory}. */
    public static EtcdCertificates make(Path directory) {
        Path authorityKey = directory.resolve("ca.key");
        Path authority = directory.resolve("ca.crt");
        openssl(
                Stream.of("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=metawal test")
                        .toList(),
                "-keyout",
                authorityKey.toString(),
                "-out",
                authority.toString());
        Path server = signed(directory, "server", authority, authorityKey);
        Path client = signed(directory, "client", authority, authorityKey);
        return new EtcdCertificates(
                authority, server, directory.resolve("server.key"), client, directory.resolve("client.key"));
    }

    /** What makes etcd serve with these, and ask clients for a certificate of the same authority. */
    public List<String> serverArguments() {
        return List.of(
                "--cert-file",
                server.toString(),
                "--key-file",
                serverKey.toString(),
                "--client-cert-auth",
                "--trusted-ca-file",
                authority.toString());
    }

    private static Path signed(Path directory, String name, Path authority, Path authorityKey) {
        Path request = directory.resolve(name + ".csr");
        Path certificate = directory.resolve(name + ".crt");
        Path extensions = directory.resolve(name + ".ext");
        try {
            Files.writeString(extensions, "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path key = directory.resolve(name + ".key");
        openssl(
                List.of("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name),
                "-keyout",
                key.toString(),
                "-out",
                request.toString());
        openssl(
                List.of("x509", "-req", "-days", "3", "-CAcreateserial", "-in", request.toString()),
                "-CA",
                authority.toString(),
                "-CAkey",
                authorityKey.toString(),
                "-extfile",
                extensions.toString(),
                "-out",
                certificate.toString());
        return certificate;
    }

    private static void openssl(List<String> first, String... rest) {
        List<String> command = new ArrayList<>(
                List.of(ServerCatalog.OPENSSL.use().programOrFail().toString()));
        command.addAll(first);
        command.addAll(List.of(rest));
        EtcdProgram.run(command);
    }
}
