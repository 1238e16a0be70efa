package io.metawal.connectors.risingwave.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.proto.CatalogDatabase;
import io.metawal.connectors.risingwave.proto.CatalogRelation;
import io.metawal.connectors.risingwave.proto.CatalogSchema;
import io.metawal.connectors.risingwave.proto.CatalogSecret;
import io.metawal.connectors.risingwave.proto.CatalogSubscription;
import io.metawal.connectors.risingwave.proto.CompactionGroup;
import io.metawal.connectors.risingwave.proto.HostAddress;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionStats;
import io.metawal.connectors.risingwave.proto.TableFragments;
import io.metawal.connectors.risingwave.proto.UserInfo;
import io.metawal.storage.object.MemoryObjectStore;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every row that a simulated cluster writes is one of the kinds that a captured one has, and says what its key says. */
class RowsDecodeTest {
    @Test
    void everyKindOfRowComesUpAndDecodes() {
        EnumSet<RwModel> seen = EnumSet.noneOf(RwModel.class);
        SimulatedRisingWave risingWave = new SimulatedRisingWave(
                SimulationSettings.of(2, "2.0.1"),
                new MemoryMetaStore(),
                new MemoryObjectStore(InstantSource.system()));
        risingWave.addListener((rows, version, epoch, description) -> {
            if (version.getId() % 10 == 0) {
                for (Map.Entry<ByteString, ByteString> row : rows.entrySet()) {
                    check(row.getKey(), row.getValue(), seen);
                }
            }
        });
        risingWave.bootstrap();
        for (int i = 0; i < 1500; i++) {
            risingWave.step();
        }
        assertThat(EnumSet.complementOf(seen)).isEmpty();
    }

    private static void check(ByteString key, ByteString value, EnumSet<RwModel> seen) {
        String text = key.toStringUtf8();
        if (text.startsWith("default/")) {
            assertThat(value.size()).isEqualTo(8);
            return;
        }
        if (text.startsWith("__meta_election_/")) {
            return;
        }
        String family = text.equals("cf/cluster_id") ? "cf" : text.substring(0, text.indexOf('/', 3));
        RwModel model = RwModel.ofFamily(family).orElseThrow(() -> new AssertionError("no family " + text));
        ByteString rest = key.substring(family.length() + 1);
        seen.add(model);
        try {
            switch (model.keyKind()) {
                case SINGLE -> {
                    assertThat(rest.isEmpty()).isTrue();
                    assertThat(HummockVersionStats.parseFrom(value).getHummockVersionId())
                            .isPositive();
                }
                case TEXT -> assertThat(value.toStringUtf8()).isNotEmpty();
                case ADDRESS ->
                    assertThat(HostAddress.parseFrom(rest).getPort()).isPositive();
                case NUMBER ->
                    assertThat(TableFragments.parseFrom(rest).getTableId()).isEqualTo((int) idOf(model, value));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(text, e);
        }
    }

    /** Most messages begin with their id, and so does the wrapper of a key. */
    private static long idOf(RwModel model, ByteString value) throws InvalidProtocolBufferException {
        return switch (model) {
            case VERSION_DELTA -> HummockVersionDelta.parseFrom(value).getId();
            case COMPACTION_GROUP -> CompactionGroup.parseFrom(value).getId();
            case DATABASE -> CatalogDatabase.parseFrom(value).getId();
            case SCHEMA -> CatalogSchema.parseFrom(value).getId();
            case SUBSCRIPTION -> CatalogSubscription.parseFrom(value).getId();
            case SECRET -> CatalogSecret.parseFrom(value).getId();
            case USER -> UserInfo.parseFrom(value).getId();
            case COMPACT_TASK -> task(value);
            default -> CatalogRelation.parseFrom(value).getId();
        };
    }

    private static long task(ByteString value) throws InvalidProtocolBufferException {
        ByteString task = UnknownFieldSet.parseFrom(value)
                .getField(1)
                .getLengthDelimitedList()
                .get(0);
        return UnknownFieldSet.parseFrom(task).getField(4).getVarintList().get(0);
    }
}
