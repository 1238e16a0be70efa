package io.metawal.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of the servers of a run: name, version, where found or how to get it, and the test classes that used it or did not
 * run for want of it. Made from what the run left in the directory of {@link ServerUses}.
 */
public final class ServerTable {
    static final String AVAILABLE = "available.tsv";

    private static final int NAMES_MAX = 4;
    private static final SortedSet<String> NONE = Collections.emptySortedSet();

    private ServerTable() {}

    /** @param args the directory */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        if (Files.exists(directory.resolve(AVAILABLE))) {
            lines(directory).forEach(System.out::println);
        } else {
            System.out.println("servers: nothing is known of a run yet: run bin/test, with the module testkit");
        }
    }

    /** Writes down which servers this JVM finds. */
    static void writeAvailable(Path directory, List<ServerEntry> catalog) throws IOException {
        Files.createDirectories(directory);
        String text = catalog.stream()
                .map(entry -> entry.name()
                        + entry.find()
                                .map(found -> "\t" + found.version() + "\t" + found.shown() + "\t")
                                .orElseGet(() -> "\t" + entry.wanted() + "\t\t" + entry.advice())
                        + "\n")
                .collect(Collectors.joining());
        Files.writeString(directory.resolve(AVAILABLE), text);
    }

    static List<String> lines(Path directory) throws IOException {
        List<String[]> rows = new ArrayList<>();
        List<String> advice = new ArrayList<>();
        rows.add(new String[] {"server", "version", "where", "test classes"});
        Map<String, SortedSet<String>> users = new HashMap<>();
        Map<String, SortedSet<String>> waiting = new HashMap<>();
        Map<String, SortedSet<String>> usedFrom = new HashMap<>();
        for (String line : uses(directory)) {
            String[] use = line.split("\t", -1);
            String test = use[3].substring(use[3].lastIndexOf('.') + 1);
            (use[1].isEmpty() ? waiting : users)
                    .computeIfAbsent(use[0], name -> new TreeSet<>())
                    .add(test);
            usedFrom.computeIfAbsent(use[0], name -> new TreeSet<>()).add(use[2]);
        }
        for (String line : Files.readAllLines(directory.resolve(AVAILABLE))) {
            String[] server = line.split("\t", -1);
            SortedSet<String> places = usedFrom.getOrDefault(server[0], new TreeSet<>());
            places.removeIf(place -> place.isEmpty() || place.equals(server[2]));
            String where = server[2].isEmpty() ? "not here" : server[2];
            where += places.stream().map(place -> "; " + place).collect(Collectors.joining());
            rows.add(new String[] {server[0], server[1], where, counted(users.getOrDefault(server[0], NONE))});
            if (server[2].isEmpty()) {
                advice.add(server[0] + " " + server[1] + " is not here: " + server[3]);
            }
            SortedSet<String> aborted = waiting.getOrDefault(server[0], NONE);
            if (!aborted.isEmpty()) {
                advice.add(server[0] + " " + server[1] + " was missing for: " + String.join(" ", aborted));
            }
        }
        return Stream.concat(aligned(rows).stream(), advice.stream()).toList();
    }

    private static List<String> uses(Path directory) throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(file -> file.toString().endsWith(ServerUses.SUFFIX))
                    .sorted()
                    .toList()) {
                all.addAll(Files.readAllLines(file));
            }
        }
        return all;
    }

    private static String counted(SortedSet<String> classes) {
        return classes.isEmpty() || classes.size() > NAMES_MAX
                ? Integer.toString(classes.size())
                : classes.size() + ": " + String.join(" ", classes);
    }

    private static List<String> aligned(List<String[]> rows) {
        int[] widths = new int[3];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        return rows.stream()
                .map(row -> String.format(
                        "%-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %s",
                        row[0],
                        row[1],
                        row[2],
                        row[3]))
                .toList();
    }
}
