package io.metawal.connectors.risingwave.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Snapshots whose bytes are known, of every length that they have had. */
class SnapshotVectorTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String ETCD = "010000000100000000000000" + "01000000050000000a03000102"
            + "01000000050000000a03030405"
            + "0300000008c102" + "0c000000080a120808c801120318e807" + "010000000300000008b817" + "00000000".repeat(11)
            + "0000000000000000";
    private static final String SQL =
            "020000007b00000000000000" + "00000000" + "010000000c0000007b226964223a22313233227d";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "1.8.0, 132, 0, 1cc2ae6bcea1ef41, ETCD_1_0",
        "1.9.0, 136, 1, 7b1ee4666ac831fc, ETCD_1_9",
        "1.10.0, 140, 2, a9ec7843ca8cec79, ETCD_1_10"
    })
    void etcd(String version, int length, int lists, String checksum, SnapshotLayout layout) throws IOException {
        byte[] bytes = HEX.parseHex(ETCD + "00000000".repeat(lists) + checksum);
        assertThat(bytes).hasSize(length);
        SnapshotFile file = Recoded.open(folder, bytes, version);
        assertThat(file.layout()).isEqualTo(layout);
        assertThat(file.head()).isEqualTo(new SnapshotHeader(1, 1));
        assertThat(Recoded.bytes(file)).isEqualTo(bytes);
        assertThat(Recoded.open(folder, bytes, null).layout()).isEqualTo(layout);
    }

    @ParameterizedTest
    @CsvSource({
        "1.10.0, 156, 28, 216c473f5361ae83",
        "2.4.0, 156, 28, 216c473f5361ae83",
        "2.7.0, 172, 32, 9b6ff056694e60b7",
        "3.0.0, 188, 36, 8e8e2ec36c6baddf",
        "3.1.0, 188, 36, 8e8e2ec36c6baddf"
    })
    void sql(String version, int length, int empty, String checksum) throws IOException {
        byte[] bytes = HEX.parseHex(SQL + "00000000".repeat(empty) + checksum);
        assertThat(bytes).hasSize(length);
        SnapshotFile file = Recoded.open(folder, bytes, version);
        assertThat(file.head()).isEqualTo(new SnapshotHeader(2, 123));
        assertThat(file.layout().sections()).hasSize(empty + 2);
        assertThat(Recoded.bytes(file)).isEqualTo(bytes);
        assertThat(Recoded.open(folder, bytes, null).layout().sections()).hasSize(empty + 2);
    }

    @Test
    void sequences() throws IOException {
        String rows = row("{\"name\":\"meta_backup\",\"seq\":42}") + row("{\"name\":\"sstable_object\",\"seq\":100}");
        byte[] bytes = HEX.parseHex("02000000c801000000000000" + "00000000" + "0100000002000000" + "7b7d"
                + "00000000".repeat(24) + "02000000" + rows + "00000000".repeat(11) + "c9e6ebccab8f23f6");
        assertThat(bytes).hasSize(252);
        SnapshotFile file = Recoded.open(folder, bytes, "3.0.0");
        assertThat(file.head().id()).isEqualTo(456);
        assertThat(Recoded.bytes(file)).isEqualTo(bytes);
        List<String> seen = new ArrayList<>();
        file.read(new SnapshotVisitor() {
            @Override
            public void row(Section section, ByteString row) {
                seen.add(section.name() + " " + row.toStringUtf8());
            }

            @Override
            public void version(VersionForm form, long length, InputStream in) {}
        });
        assertThat(seen)
                .containsExactly(
                        "hummock_sequence {\"name\":\"meta_backup\",\"seq\":42}",
                        "hummock_sequence {\"name\":\"sstable_object\",\"seq\":100}");
    }

    private static String row(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return String.format("%02x000000", bytes.length) + HEX.formatHex(bytes);
    }

    @Test
    void aLongRowsLengthFollowsAZero() throws IOException {
        byte[] usual = HEX.parseHex(SQL + "00000000".repeat(36) + "8e8e2ec36c6baddf");
        byte[] extended = PlainSnapshot.sealed(HEX.parseHex("020000007b00000000000000" + "00000000" + "01000000"
                + "00000000" + "0c00000000000000" + "7b226964223a22313233227d" + "00000000".repeat(36)));
        assertThat(Recoded.bytes(Recoded.open(folder, extended, "3.0.2"))).isEqualTo(usual);
    }
}
