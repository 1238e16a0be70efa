package io.metawal.testkit.etcd;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * etcd's programs, taken out of its published image: they are linked statically, so they run here as any program does, and tests
 * can kill and restart them by their own process handles.
 */
final class EtcdImage {
    private static final Map<String, String> IN_THE_IMAGE =
            Map.of("etcd", "/usr/local/bin/etcd", "etcdctl", "/usr/local/bin/etcdctl");
    private static final Map<String, Path> TAKEN = new ConcurrentHashMap<>();

    private EtcdImage() {}

    /** The program as a file of this machine. */
    static Path program(String image, String name) {
        String path = IN_THE_IMAGE.get(name);
        if (path == null) {
            throw new IllegalStateException("no program \"" + name + "\" in the image " + image);
        }
        return TAKEN.computeIfAbsent(name, wanted -> take(image, wanted, path));
    }

    private static Path take(String image, String name, String path) {
        try (GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))) {
            Path to = Files.createTempDirectory("metawal-etcd-image-").resolve(name);
            container.start();
            container.copyFileFromContainer(path, to.toString());
            File file = to.toFile();
            if (!file.setExecutable(true)) {
                throw new IOException("cannot make " + to + " executable");
            }
            file.deleteOnExit();
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take " + name + " out of " + image, e);
        }
    }
}
