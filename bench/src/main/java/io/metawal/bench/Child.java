package io.metawal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs run to their end. */
final class Child {
    private Child() {}

    /** The nanoseconds that {@code metawal} takes for these arguments in a JVM of its own, from its start to its end. */
    static long metawal(String heap, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return run(environment, command(heap, arguments));
    }

    /** The words that start metawal in a JVM of its own. */
    static List<String> command(String heap, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Bench.root().resolve("config").resolve("jvm.flags"),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                "io.metawal.tools.Metawal"));
        command.addAll(List.of(arguments));
        return command;
    }

    static long run(List<String> command) throws IOException, InterruptedException {
        return run(Map.of(), command);
    }

    private static long run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path printed = Files.createTempFile("metawal-bench-", ".out");
        try {
            long start = System.nanoTime();
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            int code = process.waitFor();
            long nanos = System.nanoTime() - start;
            if (code != 0) {
                throw new IllegalStateException(command + " ended with " + code + ": " + Files.readString(printed));
            }
            return nanos;
        } finally {
            Files.delete(printed);
        }
    }
}
