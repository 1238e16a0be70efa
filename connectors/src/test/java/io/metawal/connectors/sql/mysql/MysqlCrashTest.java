package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever dies, and whenever: what is captured is what is there, every transaction once. */
@Tag("server")
@Tag("process")
@ParameterizedClass
@EnumSource(
        value = Brand.class,
        names = {"MARIADB", "MYSQL_WITH_GTIDS"})
final class MysqlCrashTest {
    private final Brand brand;

    MysqlCrashTest(Brand brand) {
        this.brand = brand;
    }

    private static final int TRANSACTIONS = 12;

    @Test
    void theSinkFailsAfterEveryCommit() throws Exception {
        BinlogServer server = brand.shared();
        for (int after = 0; after < TRANSACTIONS; after++) {
            try (Captured it = new Captured(server, "sink_" + after)) {
                it.run(
                        "CREATE TABLE p (id int PRIMARY KEY)",
                        "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, p int, x text, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)");
                it.sink().refuseAfter(0);
                assertThat(it.start().fault()).hasMessageContaining("told to refuse");
                it.sink().takeAll();
                it.start().same().stop();
                it.sink().refuseAfter(after);
                it.start();
                write(it);
                assertThat(it.fault()).hasMessageContaining("told to refuse");
                it.sink().takeAll();
                it.start().same();
                long bases = it.sink().commits().stream()
                        .filter(commit -> commit.header().kind() != io.metawal.metadata.commit.CommitKind.DATA)
                        .count();
                assertThat(bases).isEqualTo(1);
                assertThat(it.transactions()).hasSize(TRANSACTIONS);
                assertThat(it.gaps()).isEmpty();
                it.stop();
            }
        }
    }

    private static void write(Captured it) throws Exception {
        for (int i = 0; i < TRANSACTIONS / 3; i++) {
            it.transaction(
                    "INSERT INTO p VALUES (" + i + ")",
                    "INSERT INTO a (p, x) VALUES (" + i + ", 'a'), (" + i + ", 'b')");
            it.transaction("UPDATE a SET x = 'c' WHERE p = " + i, "INSERT INTO a (x) VALUES ('free')");
            it.transaction("DELETE FROM p WHERE id = " + i);
        }
    }

    @Test
    void theServerDiesUnderLoadAndTheCaptureToo() throws Exception {
        try (BinlogServer server = brand.start();
                Captured it = new Captured(server, "loaded")) {
            it.run(
                    "CREATE TABLE p (id int PRIMARY KEY, n int)",
                    "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, p int, x text, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE ON UPDATE CASCADE)",
                    "INSERT INTO p WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT i, 0 FROM n");
            AtomicBoolean going = new AtomicBoolean(true);
            AtomicInteger written = new AtomicInteger();
            List<Thread> writers = new ArrayList<>();
            for (int writer = 0; writer < 2; writer++) {
                RandomGenerator random = Seeded.random(writer);
                Thread thread = new Thread(() -> load(it, random, going, written));
                thread.start();
                writers.add(thread);
            }
            await(() -> written.get() >= 50);
            // The base is read while they write.
            it.start().caughtUp();
            for (int round = 0; round < 5; round++) {
                int until = written.get() + 100;
                await(() -> written.get() >= until);
                server.kill();
                if (round % 2 == 0) {
                    it.stop();
                }
                server.restart();
                if (round % 2 == 0) {
                    it.start();
                }
            }
            going.set(false);
            for (Thread thread : writers) {
                thread.join();
            }
            it.same();
            assertThat(it.gaps()).isEmpty();
            assertThat(places(it)).doesNotHaveDuplicates();
        }
    }

    private static List<String> places(Captured it) {
        return it.transactions().stream()
                .map(commit -> commit.body()
                        .sourcePosition()
                        .toStringUtf8()
                        .replaceFirst(".*\"gtid\":\"([^\"]*)\".*\"log\":\"([^\"]*)\".*", "$1 $2"))
                .toList();
    }

    private static void load(Captured it, RandomGenerator random, AtomicBoolean going, AtomicInteger written) {
        while (going.get()) {
            try (Connection connection = it.server().connect(it.database())) {
                connection.setAutoCommit(false);
                while (going.get()) {
                    step(connection, random);
                    written.incrementAndGet();
                }
            } catch (java.sql.SQLException | RuntimeException killed) {
                // The server was killed; another connection will come.
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private static void step(Connection connection, RandomGenerator random) throws java.sql.SQLException {
        int p = random.nextInt(1, 51);
        switch (random.nextInt(6)) {
            case 0 -> Query.run(connection, "DELETE FROM p WHERE id = " + p);
            case 1 ->
                Query.run(
                        connection,
                        "INSERT IGNORE INTO p VALUES (" + p + ", 1)",
                        "INSERT INTO a (p, x) VALUES (" + p + ", 'new')");
            case 2 -> Query.run(connection, "UPDATE p SET n = n + 1 WHERE id <= " + p);
            case 3 ->
                Query.run(
                        connection,
                        "INSERT INTO a (x) VALUES ('1'), ('2')",
                        "UPDATE a SET x = 'three' WHERE x = '2' LIMIT 3");
            case 4 ->
                Query.run(
                        connection,
                        "INSERT IGNORE INTO p VALUES (" + p + ", 1)",
                        "SAVEPOINT s",
                        "DELETE FROM a",
                        "ROLLBACK TO s");
            default -> Query.run(connection, "DELETE FROM a ORDER BY id LIMIT 2");
        }
        if (random.nextInt(8) == 0) {
            connection.rollback();
        } else {
            connection.commit();
        }
    }

    private static void await(java.util.function.BooleanSupplier done) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }
}
