package io.metawal.connectors.risingwave.snapshot;

import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.SqlModel;
import org.jspecify.annotations.Nullable;

/**
 * One of a snapshot's sections, which stand in a fixed order without names of their own.
 *
 * @param name for messages
 * @param table whose rows these are; only of ROWS in version 2
 * @param model whose messages these are; only of ROWS and MESSAGE in version 1
 */
public record Section(
        String name,
        Kind kind,
        @Nullable SqlModel table,
        @Nullable RwModel model) {
    /** What a section is made of. */
    public enum Kind {
        /** A list of rows, or of messages. */
        ROWS,
        /** One message, without a count. */
        MESSAGE,
        /** Keys of {@code default/}, each in a message as its field 1. */
        DEFAULT_KEYS,
        /** The values of those keys, in their order. */
        DEFAULT_VALUES,
        /** The Hummock version: a message in version 1, a list of exactly one row in version 2. */
        VERSION,
        SYSTEM_PARAMS,
        /** Text in a message as its field 1. */
        CLUSTER_ID
    }

    static Section of(SqlModel table) {
        return new Section(table.table(), Kind.ROWS, table, null);
    }

    static Section list(RwModel model) {
        return new Section(model.space().name(), Kind.ROWS, null, model);
    }

    static Section message(RwModel model) {
        return new Section(model.space().name(), Kind.MESSAGE, null, model);
    }

    static Section special(Kind kind, String name) {
        return new Section(name, kind, null, null);
    }
}
