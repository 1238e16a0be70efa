package io.metawal.connectors.risingwave.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether an image's Hummock version can be the meta node's: its newest delta is the newest row of the same revision. Where that
 * row is gone, a checkpoint covers it; checkpoints only go forward, so one that is older than the image's version is of another history.
 */
final class VersionCheck {
    private static final EntryKey CURRENT = EntryKey.of("hummock.version", "current");

    private final HummockVersions versions;

    VersionCheck(HummockVersions versions) {
        this.versions = versions;
    }

    /** A line each. */
    List<String> contradictions(RwRows rows, ImageView image) {
        Entry current = image.find(CURRENT);
        if (current == null || image.find(RwSpaces.VERSION_STALE) != null) {
            return List.of();
        }
        long id = id(current);
        if (rows.deltas().isEmpty() || Long.compareUnsigned(rows.deltas().lastKey(), id) < 0) {
            return byCheckpoint(id, rows);
        }
        long newest = rows.deltas().lastKey();
        EntryKey kept = new EntryKey(RwSpaces.UNAPPLIED, ByteString.copyFromUtf8(Long.toUnsignedString(newest)));
        Entry last = image.find(RwSpaces.LAST_DELTA);
        boolean same = id == newest
                && (last == null || last.value().equals(rows.deltas().get(newest)));
        return same || image.find(kept) != null
                ? List.of()
                : List.of("the image's Hummock version is " + Long.toUnsignedString(id)
                        + ", but the newest version delta in etcd is " + Long.toUnsignedString(newest)
                        + (id == newest ? ", of other bytes than the one that was captured" : ""));
    }

    private List<String> byCheckpoint(long id, RwRows rows) {
        Map<String, String> parameters = new HashMap<>();
        for (Entry row : rows.entries()) {
            if (row.entryKey().space().equals(RwModel.SYSTEM_PARAMETER.space())) {
                parameters.put(row.entryKey().key().toStringUtf8(), row.value().toStringUtf8());
            }
        }
        long checkpoint;
        try {
            checkpoint = versions.checkpoint(HummockParameters.of(parameters)).getId();
        } catch (UnreachableException | CorruptException | UsageException cannotBeToldNow) {
            return List.of();
        }
        return Long.compareUnsigned(checkpoint, id) >= 0
                ? List.of()
                : List.of("the image's Hummock version is " + Long.toUnsignedString(id)
                        + ", etcd has no version delta as new as that, and the checkpoint is of version "
                        + Long.toUnsignedString(checkpoint) + ", which is older");
    }

    private static long id(Entry current) {
        try {
            return HummockVersion.parseFrom(current.value()).getId();
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException("the entry " + CURRENT + " is no Hummock version: " + e.getMessage(), e);
        }
    }
}
