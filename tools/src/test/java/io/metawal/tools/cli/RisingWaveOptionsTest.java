package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.sqltarget.TimeTravel;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What an option that was not given, given, or denied means. */
class RisingWaveOptionsTest {
    private static RisingWaveOptions parsed(String... words) {
        return CommandLine.populateCommand(new RisingWaveOptions(), words);
    }

    @Test
    void timeTravelIsWhereItIsNeeded() {
        assertThat(parsed().timeTravel()).isEqualTo(TimeTravel.WHERE_NEEDED);
        assertThat(parsed("--with-time-travel").timeTravel()).isEqualTo(TimeTravel.ALWAYS);
        assertThat(parsed("--no-with-time-travel").timeTravel()).isEqualTo(TimeTravel.NEVER);
    }

    @Test
    void objectIdsContinueAfterTheFilesUnlessTheTargetsAreAskedFor() {
        assertThat(parsed().objectIds()).isEqualTo(RwFiles.Ids.AFTER_FILES);
        assertThat(parsed("--ids", "newest+5").objectIds()).isEqualTo(RwFiles.Ids.AFTER_FILES);
        assertThat(parsed("--ids", "target").objectIds()).isEqualTo(RwFiles.Ids.AS_KNOWN);
    }
}
