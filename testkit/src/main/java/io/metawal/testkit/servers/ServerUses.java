package io.metawal.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.StackWalker.StackFrame;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The record of which test class used which server: lines of name, version, where found, test class, separated by tabs, in one file
 * for each JVM, in the directory of the property {@code metawal.servers.log}. A line without a version is a server that was missing.
 */
public final class ServerUses {
    static final String DIRECTORY_PROPERTY = "metawal.servers.log";
    static final String SUFFIX = ".uses.tsv";

    private static final String UNKNOWN = "(no test class)";
    private static final Set<String> WRITTEN = ConcurrentHashMap.newKeySet();

    private ServerUses() {}

    static void record(ServerEntry entry, Optional<FoundServer> found) {
        String directory = System.getProperty(DIRECTORY_PROPERTY);
        if (directory == null) {
            return;
        }
        String what =
                found.map(server -> server.version() + "\t" + server.shown()).orElse("\t");
        String line = entry.name() + "\t" + what + "\t" + testClass() + "\n";
        if (WRITTEN.add(directory + "\t" + line)) {
            append(Path.of(directory), ProcessHandle.current().pid() + SUFFIX, line);
        }
    }

    static void append(Path directory, String file, String text) {
        try {
            Files.createDirectories(directory);
            Files.writeString(
                    directory.resolve(file),
                    text,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The test class on the stack that is nearest to JUnit: the one that runs, where a contract or a fixture is in between. */
    private static String testClass() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(StackFrame::getClassName)
                        .map(name -> name.replaceAll("\\$.*", ""))
                        .filter(name -> name.startsWith("io.metawal.") && name.endsWith("Test"))
                        .reduce((nearer, farther) -> farther))
                .orElse(UNKNOWN);
    }
}
