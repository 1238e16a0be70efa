package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.connectors.sql.cdc.Positions;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.testkit.sql.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a commit was, by the source's own clock, and where in its log. */
@Tag("server")
@Tag("process")
class PostgresTimeTest {
    @Test
    void timesAndPlacesAreTheServersOwn() throws InterruptedException {
        try (PostgresServer server = PostgresServer.start("track_commit_timestamp=on")) {
            Pg database = new Pg(server);
            database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
            FoldingSink sink = new FoldingSink();
            long before = database.end();
            try (CaptureThread capture = database.capture(sink)) {
                database.awaitAll(sink, capture);
                for (int i = 1; i <= 5; i++) {
                    database.run("INSERT INTO t VALUES (" + i + ", 'x')");
                }
                database.awaitAll(sink, capture);
            }
            List<Commit> data = sink.commits().stream()
                    .filter(commit -> commit.header().kind() == CommitKind.DATA)
                    .toList();
            assertThat(data).hasSize(5);
            for (int i = 1; i <= 5; i++) {
                Commit commit = data.get(i - 1);
                String micros =
                        database.value("SELECT (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint"
                                + " FROM t WHERE id = " + i);
                assertThat(commit.header().timeMicros()).isEqualTo(Long.parseLong(micros));
                SqlPosition at = Positions.parse(commit.body().sourcePosition());
                assertThat(commit.header().epoch()).isEqualTo(at.clock());
                assertThat(at.log()).isEqualTo(PgServer.print(at.clock()));
                assertThat(at.clock()).isBetween(before, database.end());
                assertThat(at.facts()).containsEntry("timeline", "1");
                assertThat(at.identity())
                        .isEqualTo(database.source(Pg.options()).identity())
                        .startsWith(database.value("SELECT system_identifier FROM pg_control_system()") + "/");
            }
        }
    }
}
