package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.sql.RwSqlInterpretation;
import io.metawal.connectors.risingwave.sql.RwSqlTables;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.mysql.MysqlSource;
import io.metawal.connectors.sql.postgres.PostgresSource;
import io.metawal.connectors.sql.sqlite.SqliteSource;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.Source;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A database by the URL that an operator gives: {@code postgres://…}, {@code mysql://…}, {@code sqlite:FILE}, each as it is, or with
 * {@code risingwave+} before it as the meta store of a RisingWave.
 *
 * @param hummock URL of the data directory, from {@code ?hummock=}; null where the meta store's own parameters say it
 */
record SqlServices(boolean risingWave, SqlUrl url, @Nullable String hummock) {
    private static final String RISINGWAVE = "risingwave+";
    private static final String HUMMOCK = "hummock";

    static boolean names(String url) {
        return SqlUrl.matches(plain(url));
    }

    private static String plain(String url) {
        return url.startsWith(RISINGWAVE) ? url.substring(RISINGWAVE.length()) : url;
    }

    static SqlServices parse(String url) {
        SqlUrl whole = SqlUrl.parse(plain(url));
        Map<String, String> options = new HashMap<>(whole.options());
        boolean risingWave = url.startsWith(RISINGWAVE);
        // Of a plain database it stays, and is refused as a parameter that is not known.
        String hummock = risingWave ? options.remove(HUMMOCK) : null;
        SqlUrl database = new SqlUrl(
                whole.engine(),
                whole.host(),
                whole.port(),
                whole.database(),
                whole.schema(),
                whole.user(),
                whole.password(),
                options,
                whole.file());
        return new SqlServices(risingWave, database.allowing(Set.of()), hummock);
    }

    Source source(SqlCaptureOptions options, InstantSource clock) {
        if (risingWave) {
            options.requireCaptured(RwSqlTables::needed);
        }
        if (!risingWave && options.timeTravel()) {
            throw new UsageException(
                    "--capture-time-travel has no effect on a database that is no RisingWave's meta store:"
                            + " leave it out, or say risingwave+" + url.engine().word() + "://…");
        }
        SqlInterpretation meaning = risingWave
                ? new RwSqlInterpretation(
                        new HummockObjects(hummock, System.getenv(), clock),
                        clock,
                        options.timeTravel() ? Set.of() : RwSqlTables.LEFT_OUT)
                : new SqlInterpretation.Plain(url.engine().word());
        return switch (url.engine()) {
            case POSTGRESQL -> new PostgresSource(url, options.source(), meaning, clock);
            case MYSQL, MARIADB -> new MysqlSource(url, options.source(), meaning, clock);
            case SQLITE -> new SqliteSource(url.path(), options.every(), meaning, clock);
        };
    }
}
