package io.metawal.connectors.risingwave.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** A target that is published only when every file that the restored version refers to is there. For one that is staged. */
public final class FilesFirst extends ForwardingTarget {
    private final BiConsumer<ObjectIds, HummockParameters> check;
    private final ObjectIds ids = new ObjectIds();
    private final Map<String, String> parameters = new HashMap<>();

    /** @param check throws where files are missing */
    public FilesFirst(RestoreTarget target, BiConsumer<ObjectIds, HummockParameters> check) {
        super(target);
        this.check = check;
    }

    @Override
    public void examine(Entry entry) {
        noted(entry);
        super.examine(entry);
    }

    @Override
    public RestoreReport ready() {
        check.accept(ids, HummockParameters.of(parameters));
        return super.ready();
    }

    @Override
    public void write(Entry entry) {
        noted(entry);
        super.write(entry);
    }

    private void noted(Entry entry) {
        try {
            note(entry);
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException(
                    entry.entryKey().space() + "/" + entry.entryKey().key().toStringUtf8() + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }

    private void note(Entry entry) throws InvalidProtocolBufferException {
        switch (entry.entryKey().space().name()) {
            case "hummock.sst" -> add(SstableInfo.parseFrom(entry.value()));
            case "hummock.changelog" -> {
                EpochNewChangeLog log = EpochNewChangeLog.parseFrom(entry.value());
                log.getOldValueList().forEach(this::add);
                log.getNewValueList().forEach(this::add);
            }
            case "hummock.vectorfile" ->
                ids.add(
                        ObjectIds.Kind.VECTOR,
                        VectorFileInfo.parseFrom(entry.value()).getObjectId());
            case "hummock.vector" -> {
                VectorIndex index = VectorIndex.parseFrom(entry.value());
                if (index.getHnswFlat().hasGraphFile()) {
                    ids.add(
                            ObjectIds.Kind.GRAPH,
                            index.getHnswFlat().getGraphFile().getObjectId());
                }
            }
            case "catalog.sql_hummock_table_change_log", "hummock.sql_hummock_table_change_log" ->
                ids.addChangeLogRow(entry.value());
            case "system.parameter" ->
                parameters.put(
                        entry.entryKey().key().toStringUtf8(), entry.value().toStringUtf8());
            case "system.sql_system_parameter" -> {
                // Text is the same in a captured row and in one of a snapshot.
                JsonNode row = Meta.parse(entry.value());
                if (row != null) {
                    parameters.put(row.path("name").asText(), row.path("value").asText());
                }
            }
            default -> {
                // Refers to no file.
            }
        }
    }

    private void add(SstableInfo sst) {
        ids.add(ObjectIds.Kind.SST, sst.getObjectId());
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        check.accept(ids, HummockParameters.of(parameters));
        return super.publish(beforeVisible);
    }
}
