package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MySqlFlavourTest {
    @ParameterizedTest
    @CsvSource({
        "5.7.44-log, false, SHOW MASTER STATUS",
        "8.0.33, true, SHOW MASTER STATUS",
        "8.0.36-28.1, true, SHOW MASTER STATUS",
        "8.4.3-commercial, true, SHOW BINARY LOG STATUS",
        "9.5.0, true, SHOW BINARY LOG STATUS",
        "9.6.0, false, SHOW BINARY LOG STATUS",
        "10.0.1, false, SHOW BINARY LOG STATUS",
        "unknown, false, SHOW MASTER STATUS"
    })
    void versionsThatAreRead(String version, boolean read, String status) {
        assertThat(MySqlFlavour.reads(version)).isEqualTo(read);
        assertThat(MySqlFlavour.statusQuery(version)).isEqualTo(status);
    }
}
