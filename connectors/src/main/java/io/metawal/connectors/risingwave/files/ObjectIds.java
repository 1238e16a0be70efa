package io.metawal.connectors.risingwave.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HnswFlatIndex;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.metadata.fault.CorruptException;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which objects a version refers to: SSTs of levels and of change logs, vector files, graphs. They share one generator of ids; what an object
 * is, says how its file's name ends.
 */
public final class ObjectIds {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int INNER_TAG = 1 << 3 | 2;

    /** What an object is. */
    public enum Kind {
        SST(".data"),
        VECTOR(".vector"),
        GRAPH(".hnsw_graph");

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }

        /** How its file's name ends. */
        public String suffix() {
            return suffix;
        }
    }

    private final Map<Kind, Ids> ids = new EnumMap<>(Kind.class);

    public ObjectIds() {
        for (Kind kind : Kind.values()) {
            ids.put(kind, new Ids());
        }
    }

    public void add(Kind kind, long objectId) {
        of(kind).add(objectId);
    }

    public void addAll(HummockVersion version) {
        for (HummockVersion.Levels group : version.getLevelsMap().values()) {
            group.getL0().getSubLevelsList().forEach(this::level);
            group.getLevelsList().forEach(this::level);
        }
        for (TableChangeLog log : version.getTableChangeLogsMap().values()) {
            log.getChangeLogsList().forEach(this::changeLog);
        }
        version.getVectorIndexesMap().values().forEach(this::vector);
    }

    private void level(Level level) {
        level.getTableInfosList().forEach(this::sst);
    }

    private void changeLog(EpochNewChangeLog log) {
        log.getOldValueList().forEach(this::sst);
        log.getNewValueList().forEach(this::sst);
    }

    private void sst(SstableInfo sst) {
        add(Kind.SST, sst.getObjectId());
    }

    private void vector(VectorIndex index) {
        index.getFlat().getVectorFilesList().forEach(this::vectorFile);
        HnswFlatIndex hnsw = index.getHnswFlat();
        hnsw.getVectorFilesList().forEach(this::vectorFile);
        if (hnsw.hasGraphFile()) {
            add(Kind.GRAPH, hnsw.getGraphFile().getObjectId());
        }
    }

    private void vectorFile(VectorFileInfo file) {
        add(Kind.VECTOR, file.getObjectId());
    }

    public void addAll(ObjectIds others) {
        for (Kind kind : Kind.values()) {
            for (long id : others.sorted(kind)) {
                add(kind, id);
            }
        }
    }

    /**
     * Those of a row of {@code hummock_table_change_log} (from v3.0): in {@code new_value_sst} and {@code old_value_sst}, a message with the
     * SSTs as its field 1; as a JSON array of bytes where a snapshot holds it, as {@code {"base64":"…"}} where it was captured.
     */
    public void addChangeLogRow(ByteString row) {
        try (JsonParser in = JSON.createParser(row.newInput())) {
            in.nextToken();
            for (String column = in.nextFieldName(); column != null; column = in.nextFieldName()) {
                JsonToken value = in.nextToken();
                boolean ofSsts = column.equals("new_value_sst") || column.equals("old_value_sst");
                if (ofSsts && value == JsonToken.START_ARRAY) {
                    ssts(blob(in));
                } else if (ofSsts && value == JsonToken.START_OBJECT) {
                    ssts(captured(in));
                } else {
                    in.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new CorruptException("a row of hummock_table_change_log cannot be read: " + e.getMessage(), e);
        }
    }

    private static ByteString blob(JsonParser array) throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        while (array.nextToken() != JsonToken.END_ARRAY) {
            bytes.write(array.getIntValue());
        }
        return bytes.toByteString();
    }

    private static ByteString captured(JsonParser object) throws IOException {
        object.nextToken();
        object.nextToken();
        ByteString bytes = ByteString.copyFrom(object.getBinaryValue());
        object.nextToken();
        return bytes;
    }

    private void ssts(ByteString blob) throws IOException {
        CodedInputStream in = blob.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == INNER_TAG) {
                sst(SstableInfo.parseFrom(in.readBytes()));
            } else {
                in.skipField(tag);
            }
        }
    }

    private Ids of(Kind kind) {
        return java.util.Objects.requireNonNull(ids.get(kind));
    }

    /** Each once, ascending. */
    public long[] sorted(Kind kind) {
        return of(kind).sorted();
    }

    /** Of every kind, each once, ascending. */
    public long[] sorted() {
        Ids all = new Ids();
        for (Kind kind : Kind.values()) {
            for (long id : sorted(kind)) {
                all.add(id);
            }
        }
        return all.sorted();
    }

    /** Numbers in an array: there may be millions. */
    private static final class Ids {
        private long[] values = new long[16];
        private int count;

        void add(long id) {
            values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
            values[count++] = id;
        }

        long[] sorted() {
            Arrays.sort(values, 0, count);
            int distinct = 0;
            for (int n = 0; n < count; n++) {
                if (n == 0 || values[n] != values[distinct - 1]) {
                    values[distinct++] = values[n];
                }
            }
            count = distinct;
            return Arrays.copyOf(values, count);
        }
    }
}
