package io.metawal.testkit.servers;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URL;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kinds of places. */
final class Places {
    private static final Path DOCKER = Path.of("/var/run/docker.sock");

    private Places() {}

    /** A running server that a variable names. */
    static Place running(String variable) {
        return () -> value(variable).map(name -> new FoundServer(Origin.ENVIRONMENT, "?", variable, null));
    }

    /** A program in the directory that a variable names. */
    static Place directory(String variable, String program) {
        return () -> value(variable)
                .map(directory -> Path.of(directory, program))
                .map(file -> new FoundServer(Origin.ENVIRONMENT, Programs.version(file, "--version"), variable, file));
    }

    /** A program on the PATH that {@code accepted} takes. */
    static Place path(String program, Predicate<Path> accepted) {
        return path(program, accepted, "--version");
    }

    /** As {@link #path(String, Predicate)}, of a program that prints its version with this argument. */
    static Place path(String program, Predicate<Path> accepted, String version) {
        return () -> Programs.onPath(program)
                .filter(accepted)
                .map(file -> new FoundServer(Origin.PATH, Programs.version(file, version), file.toString(), file));
    }

    /** A program in the newest of Debian's directories of PostgreSQL, which is not on the PATH. */
    static Place debianPostgres(String program) {
        return () -> newest(Path.of("/usr/lib/postgresql"))
                .map(version -> version.resolve("bin").resolve(program))
                .filter(Files::isExecutable)
                .map(file -> new FoundServer(Origin.PATH, Programs.version(file, "--version"), file.toString(), file));
    }

    private static Optional<Path> newest(Path versions) {
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(versions)) {
            return all.max(Comparator.comparing(Path::toString));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A program in the cache, in the directory {@code name-version}, that {@code accepted} takes. */
    static Place cached(Origin origin, String name, String version, String program, Predicate<Path> accepted) {
        return () -> Optional.of(Programs.cache().resolve(name + "-" + version).resolve(program))
                .filter(Files::isExecutable)
                .filter(accepted)
                .map(file -> new FoundServer(origin, version, file.toString(), file));
    }

    /** A library of the class path, by one of its files; its version is in the name of its jar. */
    static Place library(String file) {
        Pattern jar = Pattern.compile("([^/]+)-(\\d[^/]*)\\.jar!");
        return () -> {
            URL url = Places.class.getResource(file);
            Matcher matcher = jar.matcher(url == null ? "" : url.toString());
            return matcher.find()
                    ? Optional.of(new FoundServer(Origin.MAVEN_CENTRAL, matcher.group(2), matcher.group(1), null))
                    : Optional.empty();
        };
    }

    /** A place of programs that only Linux on x86_64 can run. */
    static Place onLinuxX86(Place place) {
        boolean fits = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        return fits ? place : Optional::empty;
    }

    /** An image, where a Docker engine answers. */
    static Place image(String image) {
        return () -> dockerAnswers()
                ? Optional.of(new FoundServer(
                        Origin.TESTCONTAINERS, image.substring(image.lastIndexOf(':') + 1), image, null))
                : Optional.empty();
    }

    private static boolean dockerAnswers() {
        if (value("DOCKER_HOST").isPresent()) {
            return true;
        }
        if (!Files.exists(DOCKER)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(DOCKER));
        } catch (IOException e) {
            return false;
        }
    }

    static Optional<String> value(String variable) {
        return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
    }
}
