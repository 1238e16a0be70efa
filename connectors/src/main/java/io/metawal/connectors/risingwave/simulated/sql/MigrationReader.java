package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Reads {@code migrations.txt}; its head says what a line means. */
final class MigrationReader {
    private static final String RESOURCE = "migrations.txt";

    private final List<String> lines;
    private int at;

    private MigrationReader(List<String> lines) {
        this.lines = lines;
    }

    static List<Migration> read() {
        try (InputStream in = Objects.requireNonNull(MigrationReader.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new MigrationReader(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#") && !line.isBlank())
                            .toList())
                    .migrations();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Migration> migrations() {
        List<Migration> migrations = new ArrayList<>();
        while (at < lines.size()) {
            String name = lines.get(at++).substring("migration ".length());
            List<Step> steps = new ArrayList<>();
            while (at < lines.size() && !lines.get(at).startsWith("migration ")) {
                steps.add(step(lines.get(at++)));
            }
            migrations.add(new Migration(name, steps));
        }
        return List.copyOf(migrations);
    }

    private Step step(String line) {
        Set<SqlEngine> engines = EnumSet.noneOf(SqlEngine.class);
        String rest = line;
        if (line.startsWith("@")) {
            int end = line.indexOf(' ');
            for (String word : line.substring(1, end).split(",")) {
                engines.add(SqlEngine.ofWord(word));
            }
            rest = line.substring(end + 1);
        }
        if (rest.startsWith("sql ")) {
            return step(Step.Kind.SQL, engines, rest.substring(4));
        }
        String[] words = rest.split(" ");
        return switch (words[0]) {
            case "create" -> new Step(Step.Kind.CREATE, engines, List.of(words[1]), table(words[1]), null);
            case "add" -> new Step(Step.Kind.ADD, engines, List.of(words[1]), null, column(words, 2));
            case "retype" -> new Step(Step.Kind.RETYPE, engines, List.of(words[1]), null, column(words, 2));
            case "drop" ->
                words[1].contains(".")
                        ? step(Step.Kind.DROP_COLUMN, engines, words[1].split("\\."))
                        : step(Step.Kind.DROP, engines, words[1]);
            case "rename" -> step(Step.Kind.RENAME, engines, (words[1] + "." + words[2]).split("\\."));
            case "unlink" -> step(Step.Kind.UNLINK, engines, words[1], words[2]);
            case "index" -> index(engines, words);
            default -> throw new IllegalStateException(RESOURCE + " has a line of no known kind: " + line);
        };
    }

    private static Step step(Step.Kind kind, Set<SqlEngine> engines, String... arguments) {
        return new Step(kind, engines, List.of(arguments), null, null);
    }

    private static Step index(Set<SqlEngine> engines, String[] words) {
        boolean unique = words[1].equals("unique");
        List<String> arguments = new ArrayList<>(Arrays.asList(words).subList(unique ? 2 : 1, words.length));
        // The table first, as everywhere.
        arguments.add(0, arguments.remove(1));
        return new Step(unique ? Step.Kind.UNIQUE_INDEX : Step.Kind.INDEX, engines, arguments, null, null);
    }

    private LevelTable table(String name) {
        List<LevelColumn> columns = new ArrayList<>();
        List<String> key = List.of();
        List<String> unique = List.of();
        List<LevelTable.Link> links = new ArrayList<>();
        while (at < lines.size() && lines.get(at).startsWith(" ")) {
            String[] words = lines.get(at++).substring(1).split(" ");
            List<String> rest = Arrays.asList(words).subList(1, words.length);
            if (!columns.isEmpty() && words[0].equals("pk") && !isType(words[1])) {
                key = rest;
            } else if (words[0].equals("unique")) {
                unique = rest;
            } else if (words[0].equals("fk")) {
                String[] parent = words[3].split("\\.");
                links.add(new LevelTable.Link(words[1], words[2], parent[0], parent[1], words.length > 4));
            } else {
                columns.add(column(words, 0));
            }
        }
        return new LevelTable(name, columns, key, unique, links);
    }

    private static boolean isType(String word) {
        return Arrays.stream(ColumnKind.values())
                .anyMatch(kind -> word.startsWith(kind.name().toLowerCase(Locale.ROOT)) && word.endsWith("!"));
    }

    private static LevelColumn column(String[] words, int from) {
        String type = words[from + 1];
        boolean nullable = !type.endsWith("!");
        String bare = nullable ? type : type.substring(0, type.length() - 1);
        int open = bare.indexOf('(');
        int length = open < 0 ? 0 : Integer.parseInt(bare.substring(open + 1, bare.length() - 1));
        String kind = open < 0 ? bare : bare.substring(0, open);
        boolean counts = words.length > from + 2 && words[from + 2].equals("auto");
        boolean defaults = words.length > from + 3 && words[from + 2].equals("=");
        return new LevelColumn(
                words[from],
                ColumnKind.valueOf(kind.toUpperCase(Locale.ROOT)),
                length,
                nullable,
                counts,
                defaults ? words[from + 3] : "");
    }
}
