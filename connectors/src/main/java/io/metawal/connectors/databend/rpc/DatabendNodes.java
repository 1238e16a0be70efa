package io.metawal.connectors.databend.rpc;

import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that were given, and the leader that one of them named, which need not be one of them. For one thread, but for
 * {@link #close}.
 */
final class DatabendNodes {
    private static final Metadata.Key<String> LEADER =
            Metadata.Key.of("x-databend-meta-leader-grpc-endpoint", Metadata.ASCII_STRING_MARSHALLER);

    private final DatabendAddress address;
    private final List<DatabendNode> given = new ArrayList<>();
    private volatile @Nullable DatabendNode named;
    private boolean atNamed;
    private int at;

    DatabendNodes(DatabendAddress address) {
        this.address = address;
        address.endpoints().forEach(endpoint -> given.add(new DatabendNode(address, endpoint)));
    }

    int count() {
        return given.size();
    }

    DatabendNode current() {
        DatabendNode leader = named;
        return atNamed && leader != null ? leader : given.get(at);
    }

    void next() {
        if (atNamed) {
            atNamed = false;
        } else {
            at = (at + 1) % given.size();
        }
    }

    /** Turns to the leader where a refusal names another node as one; returns whether it does. */
    boolean follow(@Nullable Metadata trailers) {
        String leader = trailers == null ? null : trailers.get(LEADER);
        if (leader == null || leader.startsWith("0.0.0.0:") || leader.indexOf(':') <= 0) {
            // Some advertise what they listen on, which is nobody's address.
            return false;
        }
        if (leader.equals(current().endpoint())) {
            return false;
        }
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i).endpoint().equals(leader)) {
                at = i;
                atNamed = false;
                return true;
            }
        }
        DatabendNode known = named;
        if (known == null || !known.endpoint().equals(leader)) {
            if (known != null) {
                known.close();
            }
            named = new DatabendNode(address, leader);
        }
        atNamed = true;
        return true;
    }

    void close() {
        given.forEach(DatabendNode::close);
        DatabendNode leader = named;
        if (leader != null) {
            leader.close();
        }
    }
}
