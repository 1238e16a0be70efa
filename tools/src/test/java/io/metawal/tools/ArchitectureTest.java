package io.metawal.tools;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Tag;

/** Who may import whom, who may name which library, and what nobody calls. */
@Tag("slow")
@AnalyzeClasses(packages = "io.metawal", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] SECOND = {
        "io.metawal.wal..",
        "io.metawal.snapshotter..",
        "io.metawal.pitr..",
        "io.metawal.compaction..",
        "io.metawal.pinning..",
        "io.metawal.connectors.."
    };

    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.metawal..")
            .layer("metadata")
            .definedBy("io.metawal.metadata..")
            .layer("storage")
            .definedBy("io.metawal.storage..")
            .layer("second")
            .definedBy(SECOND)
            .layer("tools")
            .definedBy("io.metawal.tools..")
            .layer("testkit")
            .definedBy("io.metawal.testkit..")
            .whereLayer("tools")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("testkit")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("second")
            .mayOnlyBeAccessedByLayers("tools")
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("second", "tools", "testkit")
            .whereLayer("metadata")
            .mayOnlyBeAccessedByLayers("storage", "second", "tools", "testkit");

    @ArchTest
    static final ArchRule SIBLINGS_MEET_IN_TOOLS = slices().matching(
                    "io.metawal.(wal|snapshotter|pitr|compaction|pinning|connectors)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule CHRONICLE = onlyIn("net.openhft.chronicle..", "io.metawal.wal.chronicle..");

    @ArchTest
    static final ArchRule KAFKA = onlyIn(
            "org.apache.kafka..",
            "io.metawal.wal.kafka..",
            "io.metawal.testkit.kafka..",
            // Debezium speaks in Kafka Connect's records.
            "io.metawal.connectors.sql.cdc..",
            "io.metawal.connectors.sql.postgres..");

    @ArchTest
    static final ArchRule DEBEZIUM = onlyIn("io.debezium..", "io.metawal.connectors.sql.cdc..");

    @ArchTest
    static final ArchRule BINLOG = onlyIn("com.github.shyiko..", "io.metawal.connectors.sql.binlog..");

    @ArchTest
    static final ArchRule PGJDBC = onlyIn(
            "org.postgresql..",
            "io.metawal.connectors.sql.jdbc..",
            "io.metawal.connectors.sql.target..",
            "io.metawal.connectors.sql.postgres..",
            "io.metawal.testkit.sql..");

    @ArchTest
    static final ArchRule MARIADB_DRIVER =
            onlyIn("org.mariadb..", "io.metawal.connectors.sql.jdbc..", "io.metawal.testkit.sql..");

    @ArchTest
    static final ArchRule SQLITE_DRIVER =
            onlyIn("org.sqlite..", "io.metawal.connectors.sql.jdbc..", "io.metawal.connectors.sql.sqlite..");

    @ArchTest
    static final ArchRule ROCKSDB = onlyIn("org.rocksdb..", "io.metawal.storage.rocks..");

    @ArchTest
    static final ArchRule AWS = onlyIn("software.amazon.awssdk..", "io.metawal.storage.s3..");

    @ArchTest
    static final ArchRule ETCD = onlyIn("io.etcd..", "io.metawal.connectors.etcd..");

    @ArchTest
    static final ArchRule PICOCLI = onlyIn("picocli..", "io.metawal.tools.cli..");

    @ArchTest
    static final ArchRule MICROMETER = onlyIn("io.micrometer..", "io.metawal.tools.daemon..");

    @ArchTest
    static final ArchRule PROGRESS_BAR = onlyIn("me.tongfei..", "io.metawal.tools.output..");

    private static ArchRule onlyIn(String library, String... ours) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(ours)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    @ArchTest
    static final ArchRule TIME_AND_CHANCE_COME_IN = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .callMethod(System.class, "exit", int.class);
}
