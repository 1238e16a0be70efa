package io.metawal.testkit.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The real engine: SQL fills its services, and its network leads nowhere. */
@Tag("server")
class DatabendMetaTest {
    static List<ServerEntry> versions() {
        return ServerCatalog.databendVersions();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void sqlFillsTheServicesAndNothingLeavesTheMachine(ServerEntry version) throws Exception {
        try (DatabendMeta engine = DatabendMeta.start(version)) {
            assertThat(engine.stores()).hasSizeGreaterThan(1);
            engine.sql("CREATE DATABASE shop");
            engine.sql("CREATE TABLE shop.orders (id INT, note VARCHAR)");
            engine.sql("INSERT INTO shop.orders VALUES (17, 'it''s \"here\"')");
            assertThat(engine.sql("SELECT * FROM shop.orders")).contains("17", "here");
            assertThatThrownBy(() -> engine.sql("SELECT * FROM shop.nothing")).hasMessageContaining("nothing");

            NavigableMap<String, MetaRecord> records =
                    engine.list(engine.catalog()).records();
            assertThat(records.keySet()).anyMatch(key -> key.matches("__fd_database/.*/shop"));
            assertThat(records.values()).allMatch(record -> record.seq() > 0);
            assertThat(engine.lastIndex(engine.catalog())).isPositive();

            // The network of the process has loopback only, and no way out of it.
            Path net = Path.of("/proc", Long.toString(engine.process().pid()), "net");
            assertThat(Files.readAllLines(net.resolve("dev")))
                    .filteredOn(line -> line.contains(":"))
                    .allMatch(line -> line.strip().startsWith("lo:"));
            assertThat(Files.readAllLines(net.resolve("route"))).hasSizeLessThanOrEqualTo(1);
        }
    }
}
