package io.metawal.testkit.kafka;

import io.metawal.testkit.servers.ServerCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A real broker with its controller, in KRaft mode, in a JVM of its own, on free loopback ports and a temporary directory. It
 * can be killed with -9, frozen, and started again on the same ports and data. Only processes that this class started are ever ended.
 *
 * <p>{@link #shared} takes the broker that the environment names, if it names one, else one for the whole test JVM: a test that
 * uses it keeps to topics of its own and kills nothing. Every other test starts its own.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final int STARTS_MAX = 3;
    private static final int TRIES_MAX = 300;
    private static final long TRY_MILLIS = 100;
    private static @Nullable KafkaBroker shared;

    private final String endpoint;
    private final @Nullable BrokerFiles files;
    private final String clusterId = Uuid.randomUuid().toString();
    private @Nullable Process process;

    private KafkaBroker(String endpoint, @Nullable BrokerFiles files) {
        this.endpoint = endpoint;
        this.files = files;
    }

    /** The broker of {@code METAWAL_TEST_KAFKA}, else one that lives as long as this JVM. Not to be closed. */
    public static synchronized KafkaBroker shared() {
        var unused = ServerCatalog.KAFKA.useShared();
        KafkaBroker known = shared;
        if (known == null) {
            known = ServerCatalog.KAFKA
                    .running()
                    .map(given -> new KafkaBroker(given, null))
                    .orElseGet(KafkaBroker::start);
            Runtime.getRuntime().addShutdownHook(new Thread(known::close));
            shared = known;
        }
        return known;
    }

    /** Starts an empty broker. */
    public static KafkaBroker start() {
        var unused = ServerCatalog.KAFKA.use();
        // A port that was free a moment ago may be taken by now: then another one.
        for (int attempt = 1; ; attempt++) {
            KafkaBroker broker = create();
            try {
                broker.restart();
                return broker;
            } catch (IllegalStateException e) {
                broker.close();
                if (attempt == STARTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static KafkaBroker create() {
        try {
            BrokerFiles files = BrokerFiles.create();
            return new KafkaBroker("127.0.0.1:" + files.port(), files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code HOST:PORT} for clients. */
    public String endpoint() {
        return endpoint;
    }

    /** {@code kafka://HOST:PORT/topic}. */
    public String url(String topic) {
        return "kafka://" + endpoint + "/" + topic;
    }

    /** A client to look and meddle with. */
    public Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, endpoint));
    }

    /** Ends the broker with kill -9. */
    public void kill() {
        Process running = process;
        process = null;
        if (owned() != null && running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Ends the broker with SIGTERM. */
    public void stop() {
        Process running = process;
        process = null;
        if (owned() != null && running != null) {
            running.destroy();
            running.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    /** Starts the ended broker again, on the same ports and data, and returns once it answers. */
    public void restart() {
        begin();
        awaitReady();
    }

    /** As {@link #restart}, without waiting for it. */
    public void begin() {
        BrokerFiles own = owned();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // A broker that is killed leaves its native libraries there.
                "-Djava.io.tmpdir=" + own.data().resolveSibling("tmp"),
                "-Dlogback.configurationFile=" + own.logging(),
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                own.properties().toString(),
                clusterId,
                own.data().toString());
        try {
            Files.createDirectories(own.data());
            Files.createDirectories(own.data().resolveSibling("tmp"));
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(own.log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /** Stops the broker's process without ending it, as SIGSTOP does: it answers nothing, and its connections stay. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        Process running = process;
        if (owned() == null || running == null) {
            throw new IllegalStateException("the broker is not running");
        }
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(running.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady() {
        try (Admin admin = admin()) {
            for (int i = 0; i < TRIES_MAX; i++) {
                try {
                    // Another broker may have had the port first: then this one will end.
                    if (clusterId.equals(
                            admin.describeCluster().clusterId().get(TRY_MILLIS * 10, TimeUnit.MILLISECONDS))) {
                        return;
                    }
                    failIfEnded();
                } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                    failIfEnded();
                }
            }
            throw new IllegalStateException("the broker did not answer: " + owned().tail());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker", e);
        }
    }

    /** Ends early where the process does. */
    private void failIfEnded() throws InterruptedException, IOException {
        Process running = process;
        if (running != null && running.waitFor(TRY_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(
                    "the broker ended with " + running.exitValue() + " while starting: " + owned().tail());
        }
    }

    private BrokerFiles owned() {
        if (files == null) {
            throw new IllegalStateException("the broker " + endpoint + " is not this test's to stop");
        }
        return files;
    }

    @Override
    public void close() {
        if (files == null) {
            return;
        }
        kill();
        try (Stream<Path> all = Files.walk(files.directory())) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
