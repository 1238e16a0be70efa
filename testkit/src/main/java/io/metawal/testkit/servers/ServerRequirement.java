package io.metawal.testkit.servers;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The servers that must be there, as {@code METAWAL_REQUIRE_SERVERS} names them: names with commas in between, or {@code all}. */
record ServerRequirement(Set<String> names) {
    static final String VARIABLE = "METAWAL_REQUIRE_SERVERS";

    private static final String ALL = "all";

    static ServerRequirement ofEnvironment() {
        return parse(Optional.ofNullable(System.getenv(VARIABLE)).orElse(""));
    }

    static ServerRequirement parse(String text) {
        return new ServerRequirement(Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet()));
    }

    boolean requires(ServerEntry entry) {
        return names.contains(ALL) || names.contains(entry.name());
    }

    /** What is wrong, one sentence each: required servers that are missing, and names that no server has. */
    List<String> problems(List<ServerEntry> catalog) {
        Set<String> known = catalog.stream().map(ServerEntry::name).collect(Collectors.toSet());
        List<String> unknown = names.stream()
                .filter(name -> !name.equals(ALL) && !known.contains(name))
                .sorted()
                .map(name -> VARIABLE + " names \"" + name + "\", which is no server of the catalog: "
                        + catalog.stream().map(ServerEntry::name).collect(Collectors.joining(", ")))
                .toList();
        List<String> missing = catalog.stream()
                .filter(entry -> requires(entry)
                        && entry.find().isEmpty()
                        && entry.findRunning().isEmpty())
                .map(entry -> VARIABLE + " requires " + entry.name() + ", which this machine does not have: "
                        + entry.advice())
                .toList();
        return Stream.concat(unknown.stream(), missing.stream()).toList();
    }

    /** What is wrong with a whole run, one sentence each: required servers that none of its tests used. */
    List<String> unused(List<ServerEntry> catalog, Set<String> used) {
        return catalog.stream()
                .filter(entry -> requires(entry) && !used.contains(entry.name()))
                .map(entry -> VARIABLE + " requires " + entry.name() + ", which no test of this run used")
                .toList();
    }
}
