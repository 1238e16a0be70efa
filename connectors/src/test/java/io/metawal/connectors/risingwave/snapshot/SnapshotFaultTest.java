package io.metawal.connectors.risingwave.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.testkit.seed.Seeded;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way in which a snapshot can be wrong has its own fault, which says where. */
class SnapshotFaultTest {
    @TempDir
    private Path folder;

    private SnapshotFaultException fault(byte[] bytes, @Nullable String version) {
        SnapshotFaultException fault = catchThrowableOfType(
                SnapshotFaultException.class, () -> Recoded.bytes(Recoded.open(folder, bytes, version)));
        assertThat(fault).isNotNull();
        return fault;
    }

    private static PlainSnapshot made(SnapshotLayout layout) {
        PlainSnapshot made = new RandomSnapshot(Seeded.random(1), layout).make(3);
        int users = names(layout).indexOf("user");
        made.sections.set(users, List.of(json("{\"user_id\":1}"), json("{\"user_id\":2}")));
        return made;
    }

    private static List<String> names(SnapshotLayout layout) {
        return layout.sections().stream().map(Section::name).toList();
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] bytes = made(SnapshotLayout.SQL_2_5_2).bytes();
        Seeded.check(200, random -> {
            byte[] flipped = bytes.clone();
            int at = 12 + random.nextInt(bytes.length - 12);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            SnapshotFaultException fault = fault(flipped, "2.6.3");
            assertThat(fault.code()).isEqualTo(ExitCode.CORRUPT);
            assertThat(fault.text()).containsPattern("expected XXH64 [0-9a-f]{16}, found [0-9a-f]{16}");
        });
    }

    @Test
    void everyTruncationIsNoticed() {
        byte[] bytes = made(SnapshotLayout.SQL_2_5_2).bytes();
        for (int length = 0; length < bytes.length; length += 1 + length / 50) {
            SnapshotFaultException fault = fault(Arrays.copyOf(bytes, length), "2.6.3");
            assertThat(fault.kind()).as("%d bytes", length).isEqualTo(Kind.TRUNCATED);
        }
    }

    @Test
    void aTruncatedSectionIsNamed() {
        PlainSnapshot made = made(SnapshotLayout.SQL_2_5_2);
        byte[] whole = made.bytes();
        int secondUser = new String(whole, StandardCharsets.ISO_8859_1).indexOf("{\"user_id\":2}");
        byte[] cut = PlainSnapshot.sealed(Arrays.copyOf(whole, secondUser + 4));
        SnapshotFaultException fault = fault(cut, "2.6.3");
        assertThat(fault.kind()).isEqualTo(Kind.LAYOUT);
        assertThat(fault.text())
                .contains("section 22 (user), row 2: a row at byte " + secondUser + " takes 13 bytes, but 4 are left");
    }

    @Test
    void aLayoutOfAnotherVersion() {
        SnapshotFaultException fault = fault(made(SnapshotLayout.SQL_2_5_2).bytes(), "2.8.1");
        assertThat(fault.kind()).isEqualTo(Kind.LAYOUT);
        assertThat(fault.code()).isEqualTo(ExitCode.UNSUPPORTED_FORMAT);
        assertThat(fault.text())
                .contains("is of RisingWave 2.8.1 as the manifest says")
                .contains("it can be read by the [SQL layout of v2.5.2 (34 sections)]");
    }

    @Test
    void fewerSectionsThanTheVersionHas() {
        SnapshotFaultException fault = fault(
                new RandomSnapshot(Seeded.random(5), SnapshotLayout.SQL_2_8)
                        .make(1)
                        .bytes(),
                "3.0.0");
        assertThat(fault.text())
                .contains("section 37 (hummock_table_change_log)")
                .contains("0 are left");
    }

    @Test
    void aNewerRelease() {
        PlainSnapshot made = made(SnapshotLayout.SQL_3_0);
        made.sections.remove(4);
        SnapshotFaultException fault = fault(made.bytes(), "4.0.0");
        assertThat(fault.kind()).isEqualTo(Kind.NEWER);
        assertThat(fault.text()).contains("newer than those this metawal knows");
    }

    @Test
    void aNewerFormat() {
        PlainSnapshot made = new PlainSnapshot(3, 1);
        SnapshotFaultException fault = fault(made.bytes(), null);
        assertThat(fault.kind()).isEqualTo(Kind.NEWER);
        assertThat(fault.text()).contains("format version 3: known are 1 and 2");
    }

    @Test
    void twoVersions() {
        PlainSnapshot made = made(SnapshotLayout.SQL_2_5_2);
        made.sections.set(1, List.of(json("{}"), json("{}")));
        assertThat(fault(made.bytes(), "2.6.3").text()).contains("expected 1 Hummock version, found 2");
    }

    @Test
    void aRowWithoutItsKey() {
        PlainSnapshot made = made(SnapshotLayout.SQL_2_5_2);
        made.sections.set(names(SnapshotLayout.SQL_2_5_2).indexOf("user"), List.of(json("{\"name\":\"x\"}")));
        assertThat(fault(made.bytes(), "2.6.3").text())
                .contains("section 22 (user), row 1: a row of user must have the column user_id, found only [name]");
    }

    @Test
    void aTableOfOneReleaseIsInNoOther() {
        assertThat(SnapshotLayout.SQL_2_7_0.holds(SqlModel.ACTOR)).isFalse();
        assertThat(SnapshotLayout.SQL_2_5_2.holds(SqlModel.ACTOR)).isTrue();
    }

    /** A count is not believed that the rest of the file cannot hold: nothing is made for it. */
    @Test
    void aCountThatCannotBe() {
        byte[] whole = made(SnapshotLayout.SQL_2_5_2).bytes();
        byte[] body = Arrays.copyOf(whole, whole.length - 8);
        // The first section's count is after the header.
        Arrays.fill(body, 12, 16, (byte) 0xff);
        SnapshotFaultException fault = fault(PlainSnapshot.sealed(body), "2.6.3");
        assertThat(fault.kind()).isEqualTo(Kind.LAYOUT);
        assertThat(fault.text()).contains("section 0 (seaql_migrations): 4294967295 items at byte 16");
    }

    @Test
    void protobufWhereAReleaseWritesJson() {
        PlainSnapshot made = made(SnapshotLayout.SQL_3_0);
        made.sections.set(1, List.of(new byte[] {8, 9}));
        SnapshotFaultException fault = fault(made.bytes(), "3.0.3");
        assertThat(fault.kind()).isEqualTo(Kind.LAYOUT);
        assertThat(fault.text()).contains("expected the Hummock version as JSON, found it as protobuf");
    }

    @Test
    void aChangeLogWithoutItsTable() {
        PlainSnapshot made = made(SnapshotLayout.SQL_2_8);
        made.sections.set(1, List.of(new byte[] {8, 9}, new byte[] {1, 0}));
        assertThat(fault(made.bytes(), "2.8.5").text())
                .contains("section 1 (hummock_version), row 2: a change log has 2 bytes");
    }
}
