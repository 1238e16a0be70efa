package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.net.ShownUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the URL of a database; see {@link SqlUrl}. */
final class SqlUrlReader {
    static final String PUBLIC = "public";
    private static final String PASSWORD_VARIABLE = "METAWAL_SQL_PASSWORD";
    private static final String FORM = "expected postgres://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?schema=S"
            + "&password-file=FILE&sslmode=…], mysql://…, mariadb://…, or sqlite:FILE";
    private static final Pattern SERVER =
            Pattern.compile("(?:([^@/]*)@)?(\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/@?]+)(?::(\\d{1,5}))?/([^/?]+)");
    private static final int POSTGRES_PORT = 5432;
    private static final int MYSQL_PORT = 3306;

    private final String url;
    private final Map<String, String> environment;

    SqlUrlReader(String url, Map<String, String> environment) {
        this.url = url;
        this.environment = environment;
    }

    static @Nullable SqlEngine engineOf(String url) {
        if (url.startsWith("postgres://") || url.startsWith("postgresql://")) {
            return SqlEngine.POSTGRESQL;
        }
        if (url.startsWith("mysql://")) {
            return SqlEngine.MYSQL;
        }
        if (url.startsWith("mariadb://")) {
            return SqlEngine.MARIADB;
        }
        return url.startsWith("sqlite:") ? SqlEngine.SQLITE : null;
    }

    SqlUrl read() {
        SqlEngine engine = engineOf(url);
        if (engine == null) {
            throw refused("is not the URL of a database");
        }
        String rest = url.substring(url.indexOf(':') + 1);
        int question = rest.indexOf('?');
        Map<String, String> parameters = parameters(question < 0 ? "" : rest.substring(question + 1));
        String place = question < 0 ? rest : rest.substring(0, question);
        return engine == SqlEngine.SQLITE ? file(place, parameters) : server(engine, place.substring(2), parameters);
    }

    private SqlUrl file(String place, Map<String, String> parameters) {
        if (place.isEmpty()) {
            throw refused("names no file");
        }
        Path file = Path.of(decode(place.startsWith("///") ? place.substring(2) : place));
        return new SqlUrl(SqlEngine.SQLITE, "", 0, "", "main", "", "", parameters, file);
    }

    private SqlUrl server(SqlEngine engine, String place, Map<String, String> parameters) {
        Matcher parts = SERVER.matcher(place);
        if (!parts.matches()) {
            throw refused("is not the URL of a database");
        }
        boolean postgres = engine == SqlEngine.POSTGRESQL;
        String login = parts.group(1) == null ? "" : parts.group(1);
        int colon = login.indexOf(':');
        String user = decode(colon < 0 ? login : login.substring(0, colon));
        String host = parts.group(2);
        String port = parts.group(3);
        String database = decode(parts.group(4));
        String schema = parameters.remove("schema");
        if (schema != null && !postgres) {
            throw refused("has a schema, which is of PostgreSQL alone: here the database is one");
        }
        String password = password(colon < 0 ? null : decode(login.substring(colon + 1)), parameters);
        return new SqlUrl(
                engine,
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port == null ? postgres ? POSTGRES_PORT : MYSQL_PORT : Integer.parseInt(port),
                database,
                !postgres ? database : schema == null ? PUBLIC : schema,
                user.isEmpty() ? postgres ? "postgres" : "root" : user,
                password,
                parameters,
                null);
    }

    private String password(@Nullable String given, Map<String, String> parameters) {
        String file = parameters.remove("password-file");
        if (given != null && file != null) {
            throw refused("gives a password, and a file with one as well: leave one of them out");
        }
        if (file == null) {
            return given != null ? given : environment.getOrDefault(PASSWORD_VARIABLE, "");
        }
        try {
            List<String> lines = Files.readAllLines(Path.of(file));
            return lines.isEmpty() ? "" : lines.get(0);
        } catch (IOException e) {
            throw new UsageException(
                    "the password of " + ShownUrl.withoutPassword(url) + " cannot be read from " + file + ": " + e, e);
        }
    }

    private Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals <= 0) {
                throw refused("has a parameter without a value, \"" + part + "\"");
            }
            parameters.put(part.substring(0, equals), decode(part.substring(equals + 1)));
        }
        return parameters;
    }

    private String decode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                out.write(bytes[i]);
                continue;
            }
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw refused("has a % without two hex digits behind it; %25 is a % itself");
            }
            out.write(high << 4 | low);
            i += 2;
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private UsageException refused(String why) {
        return new UsageException("\"" + ShownUrl.withoutPassword(url) + "\" " + why + ": " + FORM
                + (url.indexOf('@') < 0
                        ? ""
                        : "; in user and password, / is written as %2F, @ as %40, : as %3A, ? as %3F"));
    }
}
