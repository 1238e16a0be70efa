package io.metawal.connectors.risingwave.snapshot;

import io.metawal.metadata.fault.UsageException;

/**
 * The form of the Hummock version in a snapshot.
 *
 * <pre>
 * version 1              one message, without a count                      protobuf
 * version 2              one row                                           JSON
 * version 2, v2.8 from   1 + k items: the message without change logs,     protobuf
 * July 2026 on           and for each table with one: u32 id, message
 * </pre>
 *
 * <p>Nothing in a snapshot or its manifest says which of the two a version 2 snapshot has: its first byte does, since no message begins
 * with a brace. Source: {@code write_hummock_version} in {@code src/storage/backup/src/meta_snapshot_v2.rs} of the branch release-2.8
 * from b5b33d61f9 on.
 */
public enum VersionForm {
    JSON,
    PROTOBUF;

    /** By the word that the command line and an image's {@code system.store} have for it. */
    public static VersionForm parse(String word) {
        return switch (word) {
            case "json" -> JSON;
            case "protobuf" -> PROTOBUF;
            default -> throw new UsageException("\"" + word + "\" is no form of a version: expected json or protobuf");
        };
    }

    public String word() {
        return this == JSON ? "json" : "protobuf";
    }
}
