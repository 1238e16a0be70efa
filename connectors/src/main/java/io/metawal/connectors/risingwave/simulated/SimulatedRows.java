package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rows of a meta store as they must be, and the one way to change them. It can be told to crash. */
final class SimulatedRows {
    private final MetaStore store;
    private final Consumer<String> afterCommit;
    private final NavigableMap<ByteString, ByteString> rows =
            new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private int crashAfter = Integer.MAX_VALUE;

    SimulatedRows(MetaStore store, Consumer<String> afterCommit) {
        this.store = store;
        this.afterCommit = afterCommit;
    }

    void commit(MetaTransaction transaction, String description) {
        commit(transaction, description, () -> {});
    }

    /** @param then what else is true from this transaction on */
    void commit(MetaTransaction transaction, String description, Runnable then) {
        if (crashAfter-- == 0) {
            throw new SimulatedCrash();
        }
        store.commit(transaction);
        transaction.deletes().forEach(rows::remove);
        rows.putAll(transaction.puts());
        then.run();
        afterCommit.accept(description);
    }

    /** The transaction after so many more finds the meta node gone. */
    void crashAfter(int transactions) {
        crashAfter = transactions;
    }

    void crashNoMore() {
        crashAfter = Integer.MAX_VALUE;
    }

    @Nullable
    ByteString find(ByteString key) {
        return rows.get(key);
    }

    /** All rows of a family. */
    SortedMap<ByteString, ByteString> of(String family) {
        // The slash's successor ends them.
        return rows.subMap(EtcdKeys.prefix(family), ByteString.copyFromUtf8(family + "0"));
    }

    SortedMap<ByteString, ByteString> all() {
        return Collections.unmodifiableSortedMap(rows);
    }
}
