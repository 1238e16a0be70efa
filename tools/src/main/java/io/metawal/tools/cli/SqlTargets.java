package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.sqltarget.RwSqlTarget;
import io.metawal.connectors.sql.target.SqlTarget;
import io.metawal.connectors.sql.target.SqlTargetOptions;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.metadata.port.Source;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine.Option;

/** A database as the place of a restore. */
final class SqlTargets {
    @Option(
            names = "--create-schema",
            description = "with a database: make its tables as they were captured, in an empty database of the same kind")
    private boolean createSchema;

    RestoreTarget open(String into, RisingWaveOptions risingWave, Path scratch, InstantSource clock) {
        SqlServices service = SqlServices.parse(into);
        SqlTargetOptions options = options(scratch);
        if (!service.risingWave()) {
            return new SqlTarget(service.url(), options);
        }
        String told = risingWave.hummock() == null ? service.hummock() : risingWave.hummock();
        HummockObjects files = new HummockObjects(told, System.getenv(), clock);
        return new RwSqlTarget(
                service.url(),
                options,
                risingWave.places(),
                files.restored(risingWave.checkFiles(), risingWave.version()));
    }

    private SqlTargetOptions options(Path scratch) {
        return new SqlTargetOptions(
                createSchema ? SqlTargetOptions.Schema.CREATE : SqlTargetOptions.Schema.EXISTING, scratch);
    }

    /** What tells the database from any other, once it is captured; empty where it has nothing that would. */
    static String identity(String into, InstantSource clock) {
        try (Source source = SqlServices.parse(into).source(new SqlCaptureOptions(), clock)) {
            return source.identity();
        } catch (MetawalException notYet) {
            // A new file, or a server that is not set up for capture: a restore needs neither.
            return "";
        }
    }
}
