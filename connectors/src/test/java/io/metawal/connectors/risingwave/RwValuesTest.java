package io.metawal.connectors.risingwave;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RwValuesTest {
    private final RwValues values = new RwValues();

    private static Entry entry(String space, String key, String value) {
        return new Entry(EntryKey.of(space, key), ByteString.copyFromUtf8(value), ByteString.EMPTY);
    }

    @ParameterizedTest
    @CsvSource({
        "minio://user:S3CR3T@host:9301/bucket, minio://***@host:9301/bucket",
        "hummock+minio://user:S3/CR3T@host/bucket, hummock+minio://***@host/bucket",
        "s3://S3CR3T@host, s3://***@host"
    })
    void aUrlOfAParameterIsShownWithoutItsCredentials(String url, String shown) {
        Entry etcd = entry("system.parameter", "backup_storage_url", url);
        assertThat(values.knows(etcd.entryKey())).isTrue();
        assertThat(values.sensitive(etcd)).isTrue();
        assertThat(values.decoded(etcd).orElseThrow().asText()).isEqualTo(shown);
        Entry row = entry(
                "system.sql_system_parameter",
                "state_store",
                "{\"name\":\"state_store\",\"value\":\"" + url + "\",\"is_mutable\":false}");
        assertThat(values.sensitive(row)).isTrue();
        assertThat(values.decoded(row).orElseThrow().toString())
                .contains("\"" + shown + "\"")
                .contains("\"is_mutable\":false")
                .doesNotContain("CR3T");
    }

    @Test
    void otherParametersAreShownAsTheyAre() {
        assertThat(values.sensitive(entry("system.parameter", "state_store", "hummock+s3://bucket")))
                .isFalse();
        assertThat(values.sensitive(entry("system.parameter", "license_key", "x")))
                .isTrue();
    }

    private static Entry user(RawMessage privilege) {
        RawMessage user = new RawMessage()
                .number(1, 11)
                .bytes(2, ByteString.copyFromUtf8("ann"))
                .message(8, privilege);
        return new Entry(EntryKey.of("user.info", "11"), user.encoded(), ByteString.EMPTY);
    }

    @Test
    void grantsAreToldInBothNumberings() {
        RawMessage select = new RawMessage().number(1, 1).number(2, 1).number(3, 7);
        assertThat(values.decoded(user(new RawMessage().number(3, 1001).message(20, select)))
                        .orElseThrow()
                        .path("grant_privileges")
                        .toString())
                .isEqualTo("[{\"table\":\"1001\",\"actions\":["
                        + "{\"action\":\"SELECT\",\"with_grant_option\":true,\"granted_by\":7}]}]");
        RawMessage execute = new RawMessage().number(1, 8);
        assertThat(values.decoded(user(new RawMessage().number(8, 5).message(20, execute)))
                        .orElseThrow()
                        .path("grant_privileges")
                        .toString())
                .isEqualTo("[{\"subscription\":\"5\",\"actions\":[{\"action\":\"EXECUTE\"}]}]");
        assertThat(values.decoded(user(new RawMessage().number(8, 5).message(7, execute)))
                        .orElseThrow()
                        .path("grant_privileges")
                        .toString())
                .as("to v1.7")
                .isEqualTo("[{\"function\":\"5\",\"actions\":[{\"action\":\"EXECUTE\"}]}]");
        assertThat(values.decoded(user(new RawMessage().number(7, 5).message(20, execute)))
                        .orElseThrow()
                        .path("grant_privileges")
                        .toString())
                .isEqualTo("[{\"function\":\"5\",\"actions\":[{\"action\":\"EXECUTE\"}]}]");
    }

    @Test
    void aPrivilegeOfSqlIsShownWhole() {
        Entry row = entry("user.sql_user_privilege", "3", "{\"id\":3,\"oid\":1001,\"action\":\"Select\"}");
        assertThat(values.sensitive(row)).isFalse();
        assertThat(values.decoded(row).orElseThrow().path("action").asText()).isEqualTo("Select");
    }

    /** A message by its field numbers. */
    private static final class RawMessage {
        private final UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();

        RawMessage number(int field, long value) {
            fields.mergeField(
                    field, UnknownFieldSet.Field.newBuilder().addVarint(value).build());
            return this;
        }

        RawMessage bytes(int field, ByteString value) {
            fields.mergeField(
                    field,
                    UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build());
            return this;
        }

        RawMessage message(int field, RawMessage value) {
            return bytes(field, value.encoded());
        }

        ByteString encoded() {
            return fields.build().toByteString();
        }
    }
}
