package io.metawal.connectors.databend.targets;

import io.metawal.connectors.databend.entry.JsonText;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.fault.UsageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The nodes that a restored cluster begins with, as {@code databend-metactl import --initial-cluster} takes them: it replaces nodes and
 * membership, and adds log entries that say the same.
 *
 * @param nodes host and port of each node's raft service, by its id
 */
public record InitialCluster(NavigableMap<Long, Address> nodes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})=([^=,:\\s]+|\\[[^]]+]):(\\d{1,5})(?:,.*)?");
    private static final int PORT_MAX = 65535;

    public InitialCluster {
        if (nodes.isEmpty()) {
            throw new UsageException("an initial cluster needs one node at least: ID=HOST:PORT");
        }
        nodes = Collections.unmodifiableNavigableMap(new TreeMap<>(nodes));
    }

    /** Where a node is. */
    public record Address(String host, int port) {}

    /** Nodes as {@code ID=HOST:PORT}; what stands behind a comma is left unread, as the stock import does. */
    public static InitialCluster parse(List<String> texts) {
        TreeMap<Long, Address> nodes = new TreeMap<>();
        for (String text : texts) {
            Matcher m = FORM.matcher(text);
            if (!m.matches() || Integer.parseInt(m.group(3)) > PORT_MAX) {
                throw new UsageException("\"" + text
                        + "\" is no node of an initial cluster: expected ID=HOST:PORT, such as 1=meta-1:28004");
            }
            Address address = new Address(m.group(2), Integer.parseInt(m.group(3)));
            if (nodes.put(Long.valueOf(m.group(1)), address) != null) {
                throw new UsageException("node " + m.group(1) + " is given twice in the initial cluster");
            }
        }
        return new InitialCluster(nodes);
    }

    /** The node, JSON. */
    String node(long id) {
        Address address = nodes.get(id);
        if (address == null) {
            throw new UsageException("node " + id + " is not one of the initial cluster " + nodes.keySet());
        }
        StringBuilder json = new StringBuilder("{\"name\":\"").append(id).append("\",\"endpoint\":{\"addr\":");
        return JsonText.quote(json, address.host())
                .append(",\"port\":")
                .append(address.port())
                .append("},\"grpc_api_advertise_address\":null}")
                .toString();
    }

    /** The one membership, JSON. */
    String membership() {
        String ids = nodes.keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
        String empty = nodes.keySet().stream().map(id -> "\"" + id + "\":{}").collect(Collectors.joining(","));
        return "{\"configs\":[[" + ids + "]],\"nodes\":{" + empty + "}}";
    }

    /** The value of {@code LastMembership}, JSON. */
    String lastMembership(LogId lastApplied) {
        return "{\"Membership\":{\"log_id\":" + lastApplied.json() + ",\"membership\":" + membership() + "}}";
    }

    /**
     * The lines that node {@code id}'s raft log begins with. Its vote is greater than that of the last leader, whoever that was, so
     * that the next leader's entries are greater than all that are here.
     */
    List<String> raftBegin(long id, LogId last) {
        node(id);
        return List.of(
                "[\"raft_log\",{\"NodeId\":" + id + "}]",
                "[\"raft_log\",{\"Vote\":{\"leader_id\":" + new LogId(last.term() + 1, id, 0).leader()
                        + ",\"committed\":false}}]",
                "[\"raft_log\",{\"Committed\":null}]");
    }

    /** The lines of every node's raft log behind {@code last}, as of the same leader. */
    List<String> raftEnd(LogId last) {
        List<String> lines = new ArrayList<>();
        long index = last.index() + 1;
        lines.add(entry(last.at(index++), "{\"Membership\":" + membership() + "}"));
        for (long node : nodes.keySet()) {
            lines.add(entry(
                    last.at(index++),
                    "{\"Normal\":{\"cmd\":{\"AddNode\":{\"node_id\":" + node + ",\"node\":" + node(node)
                            + ",\"overriding\":true}}}}"));
        }
        return lines;
    }

    private static String entry(LogId id, String payload) {
        return "[\"raft_log\",{\"LogEntry\":{\"log_id\":" + id.json() + ",\"payload\":" + payload + "}}]";
    }
}
