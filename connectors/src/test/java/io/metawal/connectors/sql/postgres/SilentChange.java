package io.metawal.connectors.sql.postgres;

import java.util.stream.Stream;

/**
 * A transaction that changes rows of the table {@code t (id, c)} without a word in the log, and leaves every table described as it was.
 *
 * @param ofAllTables whether the publication must be one of all tables
 * @param named what the gap must say
 * @param sql statements; {@code <p>} stands for the publication
 */
record SilentChange(String what, boolean ofAllTables, String named, String... sql) {
    static Stream<SilentChange> all() {
        return Stream.of(
                new SilentChange(
                        "a column made anew",
                        false,
                        "table public.t:",
                        "ALTER TABLE t DROP COLUMN c, ADD COLUMN c int"),
                new SilentChange(
                        "a column rewritten",
                        false,
                        "table public.t:",
                        "ALTER TABLE t ALTER COLUMN c TYPE int USING c + 100"),
                new SilentChange(
                        "another table of the name",
                        true,
                        "table public.t:",
                        "CREATE TABLE t_new (LIKE t INCLUDING ALL)",
                        "INSERT INTO t_new SELECT id, c + 7 FROM t",
                        "DROP TABLE t",
                        "ALTER TABLE t_new RENAME TO t",
                        "ALTER INDEX t_new_pkey RENAME TO t_pkey"),
                new SilentChange(
                        "a renaming and back",
                        false,
                        "table public.t:",
                        "ALTER TABLE t RENAME TO s",
                        "INSERT INTO s VALUES (10, 10)",
                        "ALTER TABLE s RENAME TO t"),
                new SilentChange(
                        "another schema and back",
                        false,
                        "table public.t:",
                        "CREATE SCHEMA away",
                        "ALTER TABLE t SET SCHEMA away",
                        "DELETE FROM away.t",
                        "ALTER TABLE away.t SET SCHEMA public"),
                new SilentChange(
                        "out of the publication and back",
                        false,
                        "table public.t:",
                        "ALTER PUBLICATION <p> DROP TABLE t",
                        "UPDATE t SET c = -1",
                        "ALTER PUBLICATION <p> ADD TABLE t"),
                new SilentChange(
                        "a table made anew in the publication",
                        false,
                        "table public.t:",
                        "DROP TABLE t",
                        "CREATE TABLE t (id int PRIMARY KEY, c int)",
                        "INSERT INTO t VALUES (5, 5)",
                        "ALTER PUBLICATION <p> ADD TABLE t"),
                new SilentChange(
                        "fewer operations for a while",
                        false,
                        "was altered",
                        "ALTER PUBLICATION <p> SET (publish = 'insert')",
                        "UPDATE t SET c = -1",
                        "ALTER PUBLICATION <p> SET (publish = 'insert, update, delete, truncate')"),
                new SilentChange(
                        "the publication made anew",
                        false,
                        "the publication \"metawal_",
                        "DROP PUBLICATION <p>",
                        "CREATE PUBLICATION <p> FOR TABLE t, u"));
    }

    String[] statements(String publication) {
        return Stream.of(sql).map(each -> each.replace("<p>", publication)).toArray(String[]::new);
    }

    @Override
    public String toString() {
        return what;
    }
}
