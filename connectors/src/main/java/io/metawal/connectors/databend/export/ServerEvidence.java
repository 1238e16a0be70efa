package io.metawal.connectors.databend.export;

import io.metawal.connectors.databend.log.JsonTree;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.ServerRules;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Of which release the server is that exported, as far as the members tell that it writes: {@code txid} until 2025-07 (1.2.776), {@code
 * match_seq} in every {@code Put} and {@code KvTransaction} since v260217.
 */
final class ServerEvidence {
    private boolean transactionIds;
    private boolean putsWithSeq;
    private boolean putsWithoutSeq;
    private boolean kvTransactions;

    void add(LogEntry entry) {
        Map<String, @Nullable Object> normal = members(member(entry.payload(), "Normal"));
        transactionIds |= normal.containsKey("txid");
        Object command = normal.get("cmd");
        kvTransactions |= members(command).containsKey("KvTransaction");
        Object transaction = member(command, "Transaction");
        for (Object conditional : list(member(transaction, "operations"))) {
            requests(member(conditional, "operations"));
        }
        requests(member(transaction, "if_then"));
        requests(member(transaction, "else_then"));
    }

    private void requests(@Nullable Object requests) {
        for (Object each : list(requests)) {
            Object put = member(member(each, "request"), "Put");
            if (put != null) {
                boolean seq = members(put).containsKey("match_seq");
                putsWithSeq |= seq;
                putsWithoutSeq |= !seq;
            }
        }
    }

    private static @Nullable Object member(@Nullable Object node, String name) {
        return members(node).get(name);
    }

    private static Map<String, @Nullable Object> members(@Nullable Object node) {
        return node instanceof JsonTree.Node object ? object.members() : Map.of();
    }

    private static List<?> list(@Nullable Object node) {
        return node instanceof List<?> list ? list : List.of();
    }

    /** @param millis whether any record of the state expires at a time in milliseconds */
    ServerRules rules(boolean millis) {
        boolean before = transactionIds || putsWithoutSeq;
        return new ServerRules(
                kvTransactions || putsWithSeq || !before ? ServerRules.Or.OF_MEMBERS : ServerRules.Or.ALWAYS,
                transactionIds && !millis ? ServerRules.Ttl.SECONDS : ServerRules.Ttl.MILLISECONDS,
                ServerRules.Floor.KNOWN,
                before ? ServerRules.Proposal.NOT_KEPT : ServerRules.Proposal.KEPT);
    }
}
