package io.metawal.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The table of the servers of a run: name, version, where found or how to get it, and the test classes that used it or did not
 * run for want of it. Made from {@link ServerCatalog}, looked up on this machine now, and from what the run left in the directory
 * of {@link ServerUses}.
 */
public final class ServerTable {
    private static final int NAMES_MAX = 4;
    private static final String UNKNOWN = "?";
    private static final SortedSet<String> NONE = Collections.emptySortedSet();

    private final List<ServerEntry> catalog;
    /** By the name of the server; of {@code waiting}, those that did not run. */
    private final Map<String, SortedSet<String>> users = new HashMap<>();

    private final Map<String, SortedSet<String>> waiting = new HashMap<>();
    private final Map<String, SortedSet<String>> usedFrom = new HashMap<>();
    private final Map<String, String> usedVersion = new HashMap<>();

    ServerTable(Path directory, List<ServerEntry> catalog) throws IOException {
        this.catalog = catalog;
        for (String line : uses(directory)) {
            String[] use = line.split("\t", -1);
            String test = use[3].substring(use[3].lastIndexOf('.') + 1);
            boolean missing = use[1].isEmpty();
            (missing ? waiting : users)
                    .computeIfAbsent(use[0], name -> new TreeSet<>())
                    .add(test);
            if (!missing) {
                usedFrom.computeIfAbsent(use[0], name -> new TreeSet<>()).add(use[2]);
                usedVersion.merge(use[0], use[1], (one, other) -> one.equals(UNKNOWN) ? other : one);
            }
        }
    }

    /** How much of the table is printed. */
    private enum Names {
        FEW,
        ALL
    }

    /** @param args the directory, then {@code --all} for the names of all test classes, or {@code --unused} for what a whole run lacks */
    public static void main(String[] args) throws IOException {
        ServerTable table = new ServerTable(Path.of(args[0]), ServerCatalog.all());
        List<String> options = List.of(args).subList(1, args.length);
        List<String> lines = options.contains("--unused")
                ? table.unused(ServerRequirement.ofEnvironment())
                : table.lines(options.contains("--all") ? Names.ALL : Names.FEW);
        lines.forEach(System.out::println);
    }

    /** What {@code METAWAL_REQUIRE_SERVERS} requires and nothing of this run used. */
    List<String> unused(ServerRequirement requirement) {
        return requirement.unused(catalog, users.keySet());
    }

    List<String> lines() {
        return lines(Names.FEW);
    }

    List<String> allLines() {
        return lines(Names.ALL);
    }

    private List<String> lines(Names names) {
        List<String[]> rows = new ArrayList<>();
        List<String> advice = new ArrayList<>();
        rows.add(new String[] {"server", "version", "where", "test classes"});
        for (ServerEntry entry : catalog) {
            String name = entry.name();
            Set<String> places = new LinkedHashSet<>();
            places.addAll(usedFrom.getOrDefault(name, NONE));
            entry.findRunning().map(FoundServer::shown).ifPresent(places::add);
            // A library may be missing from the class path here, which the tests had.
            boolean used = !places.isEmpty();
            if (!used) {
                entry.find().map(FoundServer::shown).ifPresent(places::add);
            }
            String version = used
                    ? usedVersion.getOrDefault(name, UNKNOWN)
                    : entry.find().map(FoundServer::version).orElse(entry.wanted());
            String where = places.isEmpty() ? "not here" : String.join("; ", places);
            rows.add(new String[] {name, version, where, counted(users.getOrDefault(name, NONE), names)});
            if (places.isEmpty()) {
                advice.add(name + " " + entry.wanted() + " is not here: " + entry.advice());
            }
            SortedSet<String> aborted = waiting.getOrDefault(name, NONE);
            if (!aborted.isEmpty()) {
                advice.add(name + " " + entry.wanted() + " was missing for: " + String.join(" ", aborted));
            }
        }
        return Stream.concat(aligned(rows).stream(), advice.stream()).toList();
    }

    private static List<String> uses(Path directory) throws IOException {
        List<String> all = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return all;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(file -> file.toString().endsWith(ServerUses.SUFFIX))
                    .sorted()
                    .toList()) {
                all.addAll(Files.readAllLines(file));
            }
        }
        return all;
    }

    private static String counted(SortedSet<String> classes, Names names) {
        return classes.isEmpty() || names == Names.FEW && classes.size() > NAMES_MAX
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
