package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.hummock.RandomVersion;
import io.metawal.connectors.risingwave.proto.CatalogRelation;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.SystemParams;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Snapshots with a few rows in every section; written by {@link PlainSnapshot}. */
public final class RandomSnapshot {
    /** All of the first release that had snapshots of version 2. */
    private static final List<String> MIGRATIONS = List.of(
            "m20230908_072257_init",
            "m20231008_020431_hummock",
            "m20240304_074901_subscription",
            "m20240410_082733_with_version_column_migration",
            "m20240410_154406_session_params",
            "m20240417_062305_subscription_internal_table_name",
            "m20240418_142249_function_runtime",
            "m20240506_112555_subscription_partial_ckpt");

    private final RandomGenerator random;
    private final SnapshotLayout layout;
    private long nextKey = 1;

    public RandomSnapshot(RandomGenerator random, SnapshotLayout layout) {
        this.random = random;
        this.layout = layout;
    }

    public PlainSnapshot make(long id) {
        PlainSnapshot snapshot = new PlainSnapshot(layout.formatVersion(), id);
        int defaults = random.nextInt(4);
        for (Section section : layout.sections()) {
            List<byte[]> rows = new ArrayList<>();
            switch (section.kind()) {
                case VERSION -> rows.add(version());
                case SYSTEM_PARAMS ->
                    rows.add(SystemParams.newBuilder()
                            .setBarrierIntervalMs(random.nextInt())
                            .setStateStore("hummock+s3://bucket")
                            .setBloomFalsePositive(0.001)
                            .build()
                            .toByteArray());
                case CLUSTER_ID ->
                    rows.add(BytesValue.of(ByteString.copyFromUtf8("a-cluster")).toByteArray());
                case DEFAULT_KEYS, DEFAULT_VALUES -> {
                    for (int n = 0; n < defaults; n++) {
                        rows.add(defaultItem(section.kind(), n));
                    }
                }
                case MESSAGE -> rows.add(message());
                case ROWS -> {
                    int count = section.table() == SqlModel.CLUSTER ? 1 : random.nextInt(4);
                    for (int n = 0; n < count; n++) {
                        rows.add(section.table() == null ? message() : row(section.table()));
                    }
                }
            }
            snapshot.sections.add(rows);
        }
        return snapshot;
    }

    private byte[] defaultItem(Section.Kind kind, int n) {
        ByteString bytes = kind == Section.Kind.DEFAULT_KEYS
                ? ByteString.copyFromUtf8("key-" + n)
                : ByteString.copyFrom(new byte[random.nextBoolean() ? 8 : random.nextInt(5)]);
        return BytesValue.of(bytes).toByteArray();
    }

    private byte[] message() {
        return CatalogRelation.newBuilder()
                .setId((int) nextKey++)
                .setName("name " + random.nextInt())
                .build()
                .toByteArray();
    }

    private byte[] row(SqlModel table) {
        if (table == SqlModel.SEAQL_MIGRATIONS) {
            String name = MIGRATIONS.get((int) (nextKey++ % MIGRATIONS.size()));
            return ("{\"version\":\"" + name + "\",\"applied_at\":1}").getBytes(StandardCharsets.UTF_8);
        }
        StringBuilder json = new StringBuilder("{\"other\":[1,{\"x\":null}]");
        for (String column : table.primaryKey()) {
            boolean text = column.contains("name") || column.equals("version") || column.equals("cluster_id");
            json.append(",\"").append(column).append("\":").append(text ? "\"k" + nextKey++ + "/%\"" : "" + nextKey++);
        }
        return json.append("}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] version() {
        HummockVersion version = new RandomVersion(random).make();
        if (layout.formatVersion() == 1) {
            return version.toByteArray();
        }
        try {
            // JSON has no names for fields that are not known.
            HummockVersion known =
                    DiscardUnknownFieldsParser.wrap(HummockVersion.parser()).parseFrom(version.toByteArray());
            return JsonFormat.printer()
                    .omittingInsignificantWhitespace()
                    .print(known)
                    .getBytes(StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
