package io.metawal.tools.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.metawal.connectors.risingwave.backuptarget.MetaNodeCheck;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.repository.History;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meta nodes that a history last knew of, or that one was told of, and whether one of them answers. */
final class MetaNodes implements MetaNodeCheck {
    private static final Logger LOG = LoggerFactory.getLogger(MetaNodes.class);
    private static final int PATIENCE_MILLIS = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ELECTION = "ephemeral.election";
    private static final String WORKERS = "ephemeral.sql_worker";

    /** Of a meta store on SQL: rows whose {@code id} is the address that a meta node is reached at. */
    private static final Set<String> ELECTIONS =
            Set.of("ephemeral.sql_election_leader", "ephemeral.sql_election_member");

    private final Set<String> addresses;

    private MetaNodes(Set<String> addresses) {
        this.addresses = addresses;
    }

    /** @param told HOST:PORT each, beside those that the newest commit tells of */
    static MetaNodes of(History history, List<String> told, ReplayLimits limits, Instant now) {
        Set<String> addresses = new TreeSet<>(told);
        try (MergedEntries entries = Replay.ofSpaces(history.repository().store(), limits, MetaNodes::tells)
                .run(new RestorePlanner(history, now).plan(Ref.LATEST, false))) {
            entries.forEachRemaining(entry -> add(entry, addresses));
        } catch (MetawalException e) {
            // The point that is restored may be sound all the same.
            LOG.warn("where meta nodes ran last cannot be read: {}; only --meta is asked", e.text());
        }
        return new MetaNodes(addresses);
    }

    private static boolean tells(Space space) {
        return space.name().equals(ELECTION) || space.name().equals(WORKERS) || ELECTIONS.contains(space.name());
    }

    static void add(Entry entry, Set<String> addresses) {
        String space = entry.entryKey().space().name();
        if (space.equals(ELECTION)) {
            addresses.add(entry.value().toStringUtf8());
        } else if (space.equals(WORKERS)) {
            worker(row(entry), addresses);
        } else if (ELECTIONS.contains(space) && row(entry).path("id").isTextual()) {
            addresses.add(row(entry).path("id").asText());
        }
    }

    /** {@code Meta} in a snapshot's row, {@code META} in a captured one. */
    private static void worker(JsonNode worker, Set<String> addresses) {
        if (worker.path("worker_type").asText().equalsIgnoreCase("meta")) {
            addresses.add(
                    worker.path("host").asText() + ":" + worker.path("port").asInt());
        }
    }

    /** A row that cannot be read tells of no node. */
    private static JsonNode row(Entry entry) {
        try {
            return JSON.readTree(entry.value().toStringUtf8());
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public Optional<String> livingNode() {
        return addresses.stream()
                .filter(MetaNodes::answers)
                .findFirst()
                .map(address -> "something answers at " + address);
    }

    private static boolean answers(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(address.substring(colon + 1));
            socket.connect(new InetSocketAddress(address.substring(0, Math.max(0, colon)), port), PATIENCE_MILLIS);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
