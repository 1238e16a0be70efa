package io.metawal.connectors.etcd;

import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.net.FreePorts;
import io.metawal.testkit.servers.ServerEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A second member of a cluster, which may then replace the first. */
final class JoinedMember {
    private JoinedMember() {}

    /** A first member that another can join. */
    static EtcdServer first(ServerEntry version, String token) {
        return EtcdServer.start(version, "--initial-cluster-token", token);
    }

    static EtcdServer join(EtcdServer first, ServerEntry version, String token) throws IOException {
        String peer = "http://127.0.0.1:" + FreePorts.find(1)[0];
        String firstPeer = member(first).get(3);
        first.ctl("member", "add", "second", "--peer-urls=" + peer);
        return EtcdServer.start(version, joins(firstPeer, peer, token));
    }

    /** Id, status, name, peer URL, …, of the only member of a cluster. */
    static List<String> member(EtcdServer server) {
        return Stream.of(server.ctl("member", "list").trim().split(", *")).toList();
    }

    private static String[] joins(String firstPeer, String peer, String token) {
        List<String> flags = new ArrayList<>(List.of("--name", "second", "--initial-cluster-state", "existing"));
        // Else etcd lets no member go before all have been connected for five seconds.
        flags.add("--strict-reconfig-check=false");
        flags.addAll(List.of("--initial-cluster", "test=" + firstPeer + ",second=" + peer));
        flags.addAll(List.of("--initial-cluster-token", token));
        flags.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        return flags.toArray(String[]::new);
    }
}
