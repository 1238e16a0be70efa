package io.metawal.connectors.sql.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqlUrlTest {
    @TempDir
    Path directory;

    @Test
    void everyPartIsRead() {
        assertThat(SqlUrl.parse("postgresql://us%40er:p%3Aw@[::1]:99/d%20b?schema=S&sslmode=require&slot=x", Map.of()))
                .isEqualTo(new SqlUrl(
                        SqlEngine.POSTGRESQL,
                        "::1",
                        99,
                        "d b",
                        "S",
                        "us@er",
                        "p:w",
                        Map.of("sslmode", "require", "slot", "x"),
                        null))
                .hasToString("postgres://us@er@[::1]:99/d b?schema=S");
        assertThat(SqlUrl.parse("mysql://h/meta", Map.of("METAWAL_SQL_PASSWORD", "kept")))
                .isEqualTo(new SqlUrl(SqlEngine.MYSQL, "h", 3306, "meta", "meta", "root", "kept", Map.of(), null))
                .hasToString("mysql://root@h:3306/meta");
        assertThat(SqlUrl.parse("mariadb://u@h:1/m", Map.of()).engine()).isEqualTo(SqlEngine.MARIADB);
        assertThat(SqlUrl.parse("sqlite:a/b.db", Map.of())).hasToString("sqlite:a/b.db");
        assertThat(SqlUrl.parse("sqlite:///a/b.db", Map.of()).path()).isEqualTo(Path.of("/a/b.db"));
        assertThat(SqlUrl.parse("postgres://h/d", Map.of()).schema()).isEqualTo("public");
    }

    @Test
    void aPasswordMayStandInAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "from file\n");
        assertThat(SqlUrl.parse("postgres://u@h/d?password-file=" + file, Map.of("METAWAL_SQL_PASSWORD", "no"))
                        .password())
                .isEqualTo("from file");
        assertThatThrownBy(() -> SqlUrl.parse("postgres://u:secret@h/d?password-file=" + file, Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(
                        "\"postgres://u:***@h/d?password-file=" + file
                                + "\" gives a password, and a file with one as well: leave one of them out: expected postgres://");
    }

    @Test
    void whatIsNoUrlIsRefused() {
        for (String url : new String[] {
            "oracle://h/d",
            "postgres://h",
            "postgres://h:port/d",
            "mysql://h/d?schema=s",
            "sqlite:",
            "postgres://h/d?x",
            "mysql://h/%zz"
        }) {
            assertThatThrownBy(() -> SqlUrl.parse(url, Map.of()))
                    .as(url)
                    .isInstanceOf(UsageException.class)
                    .hasMessageStartingWith("\"" + url + "\" ")
                    .hasMessageEndingWith(": expected postgres://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?schema=S"
                            + "&password-file=FILE&sslmode=…], mysql://…, mariadb://…, or sqlite:FILE");
        }
        for (String url :
                new String[] {"postgres://u:se/cret@h/d", "postgres://u:s/e@cret@h/d", "mysql://u:se@cret@h/d"}) {
            assertThatThrownBy(() -> SqlUrl.parse(url, Map.of()))
                    .as(url)
                    .isInstanceOf(UsageException.class)
                    .hasMessageStartingWith("\"" + url.substring(0, url.indexOf("://")) + "://u:***@h/d\" ")
                    .hasMessageContaining("/ is written as %2F")
                    .hasMessageNotContainingAny("cret");
        }
        assertThatThrownBy(() ->
                        SqlUrl.parse("postgres://u:pw@h/d?slto=x", Map.of()).allowing(Set.of("slot")))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "postgres://u@h:5432/d: parameter \"slto\" is not known: expected one of schema, password-file,"
                                + " slot, sslcert, sslkey, sslmode, sslrootcert");
    }
}
