package io.metawal.connectors.risingwave.backup;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.hummock.VersionEntries;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.snapshot.RowJson;
import io.metawal.connectors.risingwave.snapshot.Section;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.connectors.risingwave.snapshot.SnapshotVisitor;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes a snapshot apart into the entries that an image has of it. Rows and messages are taken as they are. */
public final class SnapshotEntries implements SnapshotVisitor {
    private static final int ID_TAG = 1 << 3;

    /** Sections that are not known may follow the known ones. More than this is another kind of file, or another layout. */
    private static final long TAIL_BYTES_MAX = 64 << 20;

    private final Consumer<Entry> sink;
    private final List<ByteString> defaultKeys = new ArrayList<>();
    private int defaultValues;
    private final Map<SqlModel, Long> largest = new EnumMap<>(SqlModel.class);
    private String clusterId = "";
    private long committedEpoch;

    private HummockVersion.@Nullable Builder version;
    private @Nullable VersionForm form;

    private SnapshotEntries(Consumer<Entry> sink) {
        this.sink = sink;
    }

    /**
     * What is known of a snapshot after all of it was read.
     *
     * @param committedEpoch 0 where no table has one that tells a time
     * @param clusterId empty where it is not said
     * @param form of the Hummock version
     */
    public record Summary(long committedEpoch, String clusterId, VersionForm form) {}

    /** Gives every entry, in no order, each key once if the snapshot has it once. */
    public static Summary split(SnapshotFile file, @Nullable RwVersion writtenBy, Consumer<Entry> sink) {
        SnapshotEntries entries = new SnapshotEntries(sink);
        file.read(entries);
        VersionForm form = Objects.requireNonNull(entries.form, "every layout has a version");
        sink.accept(StoreModel.of(file.layout(), writtenBy, form).entry());
        entries.largest.forEach((table, id) ->
                entries.put(RwSpaces.ID_AUTO_INCREMENT, table.table(), ByteString.copyFromUtf8(id.toString())));
        return new Summary(entries.committedEpoch, entries.clusterId, form);
    }

    @Override
    public void section(Section section, long count) {
        splitVersion();
        if (section.kind() == Section.Kind.DEFAULT_VALUES && count != defaultKeys.size()) {
            throw new SnapshotFaultException(
                    Kind.COUNT,
                    section.name() + ": expected as many as keys, " + defaultKeys.size() + ", found " + count);
        }
    }

    @Override
    public void row(Section section, ByteString row) {
        switch (section.kind()) {
            case ROWS, MESSAGE -> row(section.table(), section.model(), row);
            case DEFAULT_KEYS -> defaultKeys.add(wrapped(row));
            case DEFAULT_VALUES -> defaultEntry(defaultKeys.get(defaultValues++), wrapped(row));
            case SYSTEM_PARAMS -> SystemParamEntries.split(row, sink);
            case CLUSTER_ID -> cluster(wrapped(row));
            case VERSION -> throw new IllegalStateException("the version comes by itself");
        }
    }

    private void row(@Nullable SqlModel table, @Nullable RwModel model, ByteString row) {
        if (table == null) {
            message(Objects.requireNonNull(model), row);
            return;
        }
        String key = RowJson.key(table, row);
        put(table.space(), key, row);
        if (table.countsUp()) {
            Long id = RowJson.number(table, row, table.primaryKey().get(0));
            if (id == null) {
                throw new SnapshotFaultException(Kind.CONTENT, "the key of a row must be a number, found " + key);
            }
            largest.merge(table, id, Math::max);
        }
        if (table == SqlModel.CLUSTER) {
            clusterId = key;
        }
    }

    private void message(RwModel model, ByteString message) {
        if (model.keyKind() == RwModel.KeyKind.NUMBER) {
            put(model.space(), Long.toUnsignedString(id(model, message)), message);
        } else if (!message.isEmpty()) {
            put(model.space(), "0", message);
        }
    }

    /** Field 1 of the message, by which it is known in etcd too. */
    private static long id(RwModel model, ByteString message) {
        try {
            long id = 0;
            CodedInputStream in = message.newCodedInput();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == ID_TAG) {
                    id = in.readUInt64();
                } else {
                    in.skipField(tag);
                }
            }
            return id;
        } catch (IOException e) {
            throw new SnapshotFaultException(Kind.CONTENT, "no message of " + model.space() + ": " + e.getMessage(), e);
        }
    }

    private void defaultEntry(ByteString key, ByteString value) {
        sink.accept(new Entry(RwSpaces.ofDefault(key), value, ByteString.EMPTY));
    }

    private void cluster(ByteString id) {
        clusterId = id.toStringUtf8();
        if (!id.isEmpty()) {
            put(RwModel.CLUSTER.space(), "cluster_id", id);
        }
    }

    private static ByteString wrapped(ByteString message) {
        try {
            return BytesValue.parseFrom(message).getValue();
        } catch (InvalidProtocolBufferException e) {
            throw new SnapshotFaultException(
                    Kind.CONTENT, "expected bytes as field 1 of a message: " + e.getMessage(), e);
        }
    }

    @Override
    public void version(VersionForm as, long length, InputStream bytes) throws IOException {
        form = as;
        version = VersionBytes.read(as, bytes);
    }

    @Override
    public void changeLog(int table, ByteString log) {
        HummockVersion.Builder whole = Objects.requireNonNull(version, "it comes first");
        if (whole.containsTableChangeLogs(table)) {
            throw new SnapshotFaultException(
                    Kind.COUNT, "the table " + Integer.toUnsignedString(table) + " has two change logs");
        }
        whole.putTableChangeLogs(table, VersionBytes.changeLog(log));
    }

    /** Once all items of its section were read. */
    private void splitVersion() {
        HummockVersion.Builder whole = version;
        if (whole != null) {
            version = null;
            HummockVersion built = whole.build();
            committedEpoch = VersionBytes.committedEpoch(built);
            VersionEntries.split(built, sink);
        }
    }

    @Override
    public void tail(long length, InputStream bytes) throws IOException {
        splitVersion();
        if (length > TAIL_BYTES_MAX) {
            throw new SnapshotFaultException(
                    Kind.LAYOUT,
                    length + " bytes follow its last known section, more than " + TAIL_BYTES_MAX
                            + ": it has other sections than those of its version");
        }
        if (length > 0) {
            sink.accept(new Entry(RwSpaces.SNAPSHOT_TAIL, ByteString.readFrom(bytes), ByteString.EMPTY));
        }
    }

    private void put(Space space, String key, ByteString value) {
        sink.accept(new Entry(new EntryKey(space, ByteString.copyFromUtf8(key)), value, ByteString.EMPTY));
    }
}
