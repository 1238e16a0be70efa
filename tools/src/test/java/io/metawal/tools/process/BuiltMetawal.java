package io.metawal.tools.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the JVM of a process under test finds metawal: as {@code bin/metawal} does, with the jars and the archive of loaded classes that
 * {@code bin/build} made, which start in a fraction of the time; or, where something was compiled since, on the class path of the tests.
 */
final class BuiltMetawal {
    private static final Path ROOT = Path.of(System.getProperty("metawal.root"));
    private static final Path DIST = ROOT.resolve("tools/target/dist");
    private static final List<String> ARGUMENTS = find();

    private BuiltMetawal() {}

    /** The arguments of {@code java} that come before the main class. */
    static List<String> arguments() {
        return ARGUMENTS;
    }

    private static List<String> find() {
        Path classPath = DIST.resolve("classpath");
        Path archive = DIST.resolve("metawal.jsa");
        try {
            if (!Files.exists(classPath) || !Files.exists(archive) || isOlderThanClasses(classPath)) {
                return List.of("-cp", System.getProperty("java.class.path"));
            }
            return List.of(
                    "-XX:SharedArchiveFile=" + archive,
                    "-Xshare:auto",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    "-cp",
                    Files.readString(classPath).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOlderThanClasses(Path built) throws IOException {
        FileTime time = Files.getLastModifiedTime(built);
        List<Path> classes = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            modules.map(module -> module.resolve("target/classes"))
                    .filter(Files::isDirectory)
                    // Not part of what is built.
                    .filter(directory -> !directory.startsWith(ROOT.resolve("testkit"))
                            && !directory.startsWith(ROOT.resolve("bench")))
                    .forEach(classes::add);
        }
        for (Path directory : classes) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (Files.getLastModifiedTime(file).compareTo(time) > 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
