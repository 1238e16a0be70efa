package io.metawal.connectors.risingwave.pbjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.metawal.connectors.risingwave.hummock.RandomVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionStats;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.SystemParams;
import io.metawal.connectors.risingwave.proto.TableStats;
import io.metawal.testkit.seed.Seeded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our JSON against that of protobuf itself. */
class JsonMessagesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String write(Message message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonWriting.write(message, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static <B extends Message.Builder> B read(String json, B into) throws IOException {
        JsonMessages.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), into);
        return into;
    }

    @Test
    void asProtobufWritesAndReads() {
        Seeded.check(300, random -> {
            HummockVersion version = DiscardUnknownFieldsParser.wrap(HummockVersion.parser())
                    .parseFrom(new RandomVersion(random).make().toByteArray());
            String theirs =
                    JsonFormat.printer().omittingInsignificantWhitespace().print(version);
            assertThat(JSON.readTree(write(version))).isEqualTo(JSON.readTree(theirs));
            assertThat(read(theirs, HummockVersion.newBuilder()).build()).isEqualTo(version);
            String snake = JsonFormat.printer().preservingProtoFieldNames().print(version);
            assertThat(read(snake, HummockVersion.newBuilder()).build()).isEqualTo(version);
        });
    }

    @Test
    void signedNumbersDoublesAndBooleans() throws IOException {
        HummockVersionStats stats = HummockVersionStats.newBuilder()
                .putTableStats(
                        -1,
                        TableStats.newBuilder()
                                .setTotalKeySize(-7)
                                .setTotalCompressedSize(-1)
                                .build())
                .build();
        assertThat(write(stats))
                .isEqualTo("{\"tableStats\":{\"4294967295\":{\"totalKeySize\":\"-7\","
                        + "\"totalCompressedSize\":\"18446744073709551615\"}}}");
        assertThat(read(write(stats), HummockVersionStats.newBuilder()).build()).isEqualTo(stats);
        SystemParams params = SystemParams.newBuilder()
                .setBloomFalsePositive(0.001)
                .setEnableTracing(false)
                .setStateStore("")
                .build();
        assertThat(read(write(params), SystemParams.newBuilder()).build()).isEqualTo(params);
    }

    @Test
    void numbersAsTextOrNotAndEnumsByNumber() throws IOException {
        SstableInfo.Builder sst = read(
                "{\"objectId\":7,\"sst_id\":\"8\",\"tableIds\":[1,\"2\"],\"fileSize\":1e3,\"keyRange\":null}",
                SstableInfo.newBuilder());
        assertThat(sst.build())
                .isEqualTo(SstableInfo.newBuilder()
                        .setObjectId(7)
                        .setSstId(8)
                        .addTableIds(1)
                        .addTableIds(2)
                        .setFileSize(1000)
                        .build());
        assertThat(read("{\"levelType\":2}", Level.newBuilder()).getLevelType())
                .isEqualTo(LevelType.LEVEL_TYPE_OVERLAPPING);
        assertThat(write(read("{\"levelType\":77}", Level.newBuilder()).build()))
                .isEqualTo("{\"levelType\":77}");
    }

    @Test
    void membersThatAreNotKnownComeBackWhereTheyWere() throws IOException {
        String json = "{\"id\":\"5\",\"levels\":{\"2\":{\"l0\":{\"subLevels\":[{\"tableInfos\":[{\"objectId\":\"1\","
                + "\"keyRange\":{\"left\":\"AQI=\",\"new\":[1.50,null]},\"vnodeStatistics\":{\"a\":\"é\",\"n\":12345678901234567890}}]}]}}},"
                + "\"flag\":true}";
        HummockVersion version = read(json, HummockVersion.newBuilder()).build();
        assertThat(version.getId()).isEqualTo(5);
        assertThat(write(version)).isEqualTo(json);
        HummockVersion stored = HummockVersion.parseFrom(version.toByteArray());
        assertThat(write(stored)).isEqualTo(json);
    }

    @Test
    void fieldsWithoutANameAreTold() throws IOException {
        SstableInfo sst = SstableInfo.parseFrom(new byte[] {8, 1, (byte) 0x92, 1, 1, 0, (byte) 0x98, 1, 5});
        assertThat(JsonWriting.write(sst, new ByteArrayOutputStream()))
                .isEqualTo(Map.of("SstableInfo field 18", 1L, "SstableInfo field 19", 1L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|HummockVersion: expected an object",
                "{\"id\":\"x\"}|HummockVersion.id: expected a value of type uint64, found x",
                "{\"id\":-1}|expected a value of type uint64, found -1",
                "{\"id\":1.5}|expected a value of type uint64, found 1.5",
                "{\"id\":[1]}|HummockVersion.id: expected one value",
                "{\"levels\":[]}|HummockVersion.levels: expected {",
                "{} 7|nothing after it",
                "{\"levels\":{\"1\":{\"levels\":[{\"levelType\":\"LEVEL_TYPE_NEW\"}]}}}|Level.level_type: expected one"
                        + " of LEVEL_TYPE_UNSPECIFIED"
            })
    void wrong(String json, String message) {
        assertThatThrownBy(() -> read(json, HummockVersion.newBuilder()))
                .isInstanceOf(JsonMessageException.class)
                .hasMessageContaining(message);
    }
}
