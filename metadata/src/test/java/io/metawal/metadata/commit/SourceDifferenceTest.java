package io.metawal.metadata.commit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceDifferenceTest {
    @ParameterizedTest
    @CsvSource({
        "177, 812, 1930, catalog.__fd_table __fd_table/1/t (missing)",
        "1, 0, 0, kv//a; the first key that differs: b (epoch 7)",
        "9, 1, -1, 'sql.public.t/a\nb is not in the image'",
    })
    void itParsesWhatItPrints(long keys, long seq, long epoch, String first) {
        SourceDifference found = new SourceDifference(keys, new SourceDifference.Agreed(seq, epoch), first);
        assertThat(SourceDifference.parse(found.toString())).contains(found);
    }

    @Test
    void aReasonMaySayMoreBeforeIt() {
        SourceDifference found = new SourceDifference(3, new SourceDifference.Agreed(5, 50), "kv//a");
        assertThat(SourceDifference.parse("etcd revisions 7 to 9 were not captured one by one: " + found))
                .contains(found);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "etcd revisions 7 to 9 were compacted away before they were captured; what they left at revision 9 is here",
        "what was captured differs from the source in many or more keys",
    })
    void otherReasonsAreNone(String reason) {
        assertThat(SourceDifference.parse(reason)).isEmpty();
    }
}
