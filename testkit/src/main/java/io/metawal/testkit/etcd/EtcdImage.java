package io.metawal.testkit.etcd;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * etcd's programs, taken out of its published image: they are linked statically, so they run here as any program does, and tests
 * can kill and restart them by their own process handles.
 */
final class EtcdImage {
    private static final DockerImageName IMAGE = DockerImageName.parse("quay.io/coreos/etcd:v3.5.21");
    private static final Map<String, String> IN_THE_IMAGE =
            Map.of("etcd", "/usr/local/bin/etcd", "etcdctl", "/usr/local/bin/etcdctl");
    private static final Map<String, Path> TAKEN = new ConcurrentHashMap<>();

    private EtcdImage() {}

    /** The program as a file of this machine; empty where it is not in the image, or where no Docker engine runs. */
    static Optional<Path> program(String name) {
        String path = IN_THE_IMAGE.get(name);
        if (path == null || !DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.empty();
        }
        return Optional.of(TAKEN.computeIfAbsent(name, wanted -> take(wanted, path)));
    }

    private static Path take(String name, String path) {
        try (GenericContainer<?> container = new GenericContainer<>(IMAGE)) {
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
            throw new UncheckedIOException("cannot take " + name + " out of " + IMAGE, e);
        }
    }
}
