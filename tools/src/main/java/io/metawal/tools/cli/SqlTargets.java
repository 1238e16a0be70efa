package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.backuptarget.MetaNodeCheck;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.sqltarget.RwSqlDumpTarget;
import io.metawal.connectors.risingwave.sqltarget.RwSqlTarget;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.target.SqlDumpTarget;
import io.metawal.connectors.sql.target.SqlTarget;
import io.metawal.connectors.sql.target.SqlTargetOptions;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.metadata.port.Source;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** A database as the place of a restore. */
final class SqlTargets {
    private static final String ENGINE = "?engine=";
    private static final String RISINGWAVE = "risingwave-sql";

    @Option(
            names = "--create-schema",
            description =
                    "with a database: make its tables as they were captured, in an empty database of the same kind")
    private boolean createSchema;

    /** @param nodes of the cluster that was captured */
    RestoreTarget open(
            String into,
            RisingWaveOptions risingWave,
            Supplier<MetaNodeCheck> nodes,
            Path scratch,
            InstantSource clock) {
        SqlServices service = SqlServices.parse(into);
        SqlTargetOptions options = options(scratch);
        if (!service.risingWave()) {
            return new SqlTarget(service.url(), options);
        }
        String told = risingWave.hummock() == null ? service.hummock() : risingWave.hummock();
        HummockObjects files = new HummockObjects(told, System.getenv(), clock);
        RwSqlTarget target = new RwSqlTarget(
                service.url(),
                options,
                risingWave.places(),
                files.restored(
                        risingWave.checkFiles(),
                        risingWave.version(),
                        risingWave.living(nodes.get()),
                        risingWave.objectIds()),
                risingWave.timeTravel());
        return risingWave.outside(target, files);
    }

    /**
     * A file of SQL.
     *
     * @param place a file; behind it may stand {@code ?engine=}, where it is not for the kind of database that was captured
     * @param origin of what was captured
     */
    RestoreTarget dump(String place, String origin, RisingWaveOptions risingWave, Path scratch, InstantSource clock) {
        int question = place.lastIndexOf(ENGINE);
        SqlEngine engine = question < 0 ? null : engine(place.substring(question + ENGINE.length()));
        Path file = Path.of(question < 0 ? place : place.substring(0, question));
        if (!origin.equals(RISINGWAVE)) {
            return new SqlDumpTarget(file, engine, options(scratch));
        }
        HummockObjects files = new HummockObjects(risingWave.hummock(), System.getenv(), clock);
        RwSqlDumpTarget target = new RwSqlDumpTarget(
                file,
                engine,
                options(scratch),
                risingWave.places(),
                files.restored(risingWave.checkFiles(), risingWave.version(), Optional::empty, risingWave.objectIds()),
                risingWave.timeTravel());
        return risingWave.outside(target, files);
    }

    private static SqlEngine engine(String word) {
        try {
            return SqlEngine.ofWord(word);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "sql-dump: \"" + word + "\" is no kind of database: expected postgresql, mysql, mariadb or sqlite",
                    e);
        }
    }

    private SqlTargetOptions options(Path scratch) {
        return new SqlTargetOptions(
                createSchema ? SqlTargetOptions.Schema.CREATE : SqlTargetOptions.Schema.EXISTING, scratch);
    }

    /** Whether the identity of such a database is that of one server alone; MariaDB's is not. */
    static boolean tellsServersApart(String into) {
        SqlEngine engine = SqlServices.parse(into).url().engine();
        return engine == SqlEngine.POSTGRESQL || engine == SqlEngine.SQLITE;
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
