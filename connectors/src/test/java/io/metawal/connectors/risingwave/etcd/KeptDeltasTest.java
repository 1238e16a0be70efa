package io.metawal.connectors.risingwave.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.image.Entry;
import org.junit.jupiter.api.Test;

class KeptDeltasTest {
    private final KeptDeltas kept = new KeptDeltas();

    private void delta(long id, long previous) {
        HummockVersionDelta delta =
                HummockVersionDelta.newBuilder().setId(id).setPrevId(previous).build();
        kept.note(
                new Entry(EntryKey.of("hummock.unapplied", Long.toString(id)), delta.toByteString(), ByteString.EMPTY));
    }

    @Test
    void thoseThatLeadOnFromTheVersionAreLeftToTheMetaNode() {
        assertThatCode(() -> kept.requireMeet(80)).doesNotThrowAnyException();
        assertThat(kept.notes()).isEmpty();
        delta(81, 80);
        delta(82, 81);
        assertThatCode(() -> kept.requireMeet(80)).doesNotThrowAnyException();
        assertThat(kept.notes()).singleElement().asString().contains("2 version deltas");
    }

    @Test
    void aVersionThatWentBackIsNotWritten() {
        delta(76, 75);
        assertThatThrownBy(() -> kept.requireMeet(80))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("delta 76 goes on from version 75")
                .hasMessageContaining("version 80");
    }

    @Test
    void aDeltaOutOfOrderIsNotGivenToAMetaNode() {
        delta(81, 80);
        delta(1_000_000, 5);
        assertThatThrownBy(() -> kept.requireMeet(80))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("delta 1000000 goes on from version 5");
    }

    @Test
    void aPointInTheMiddleOfAnotherRestoreIsRefused() {
        kept.note(new Entry(RwSpaces.VERSION_STALE, ByteString.copyFromUtf8("a restore was seen"), ByteString.EMPTY));
        assertThatThrownBy(() -> kept.requireMeet(80))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("a restore was seen");
    }
}
