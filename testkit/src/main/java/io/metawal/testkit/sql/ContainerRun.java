package io.metawal.testkit.sql;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A server in a container whose port on this machine stays the same when it is killed and started again; its data stay in it. */
final class ContainerRun implements ServerRun {
    private static final long TRY_MILLIS = 100;
    private static final int TAIL_CHARS = 3000;

    private final GenericContainer<?> container;
    private boolean created;

    ContainerRun(String image, int portInside, int port, Map<String, String> environment, List<String> command) {
        PortBinding binding =
                new PortBinding(Ports.Binding.bindIpAndPort("127.0.0.1", port), new ExposedPort(portInside));
        container = new GenericContainer<>(DockerImageName.parse(image))
                .withEnv(environment)
                .withCommand(command.toArray(String[]::new))
                .withCreateContainerCmdModifier(
                        create -> Objects.requireNonNullElseGet(create.getHostConfig(), HostConfig::new)
                                .withPortBindings(binding));
    }

    @Override
    public void begin() {
        if (created) {
            client().startContainerCmd(container.getContainerId()).exec();
        } else {
            container.start();
            created = true;
        }
    }

    @Override
    public void kill() {
        if (created && container.isRunning()) {
            client().killContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public void stop() {
        if (created && container.isRunning()) {
            client().stopContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public void pause() throws InterruptedException {
        if (!container.isRunning()) {
            throw new IllegalStateException(container.getDockerImageName() + " ended: " + tail());
        }
        TimeUnit.MILLISECONDS.sleep(TRY_MILLIS);
    }

    @Override
    public String tail() {
        String text = created ? container.getLogs() : "";
        return text.substring(Math.max(0, text.length() - TAIL_CHARS));
    }

    @Override
    public Optional<Process> process() {
        return Optional.empty();
    }

    @Override
    public Optional<Path> data() {
        return Optional.empty();
    }

    @Override
    public void close() {
        container.stop();
        created = false;
    }

    private static DockerClient client() {
        return DockerClientFactory.instance().client();
    }
}
