package io.metawal.testkit.kafka;

import io.metawal.testkit.net.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A broker's directory: what it is started with, and where it keeps its data and says what it does. */
record BrokerFiles(Path directory, int port) {
    /** Small and quick where Kafka's defaults are for large machines and slow failures. */
    private static final String SETTINGS = """
            process.roles=broker,controller
            node.id=%1$d
            controller.listener.names=%2$s
            listeners=PLAINTEXT://127.0.0.1:%3$d,%2$s://127.0.0.1:%4$d
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,%2$s:PLAINTEXT
            controller.quorum.voters=%1$d@127.0.0.1:%4$d
            log.dirs=%5$s
            auto.create.topics.enable=false
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            transaction.state.log.num.partitions=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.abort.timed.out.transaction.cleanup.interval.ms=200
            share.coordinator.state.topic.num.partitions=1
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            log.cleaner.dedupe.buffer.size=2097152
            num.network.threads=2
            num.io.threads=2
            add.partitions.to.txn.retry.backoff.ms=2
            background.threads=2
            broker.heartbeat.interval.ms=100
            broker.session.timeout.ms=1000
            controlled.shutdown.enable=false
            """;

    private static final String LOGGING = """
            <configuration>
              <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d{HH:mm:ss.SSS} %-5level [%thread] %logger{0} %msg%n</pattern></encoder>
              </appender>
              <root level="WARN"><appender-ref ref="OUT"/></root>
            </configuration>
            """;

    static BrokerFiles create() throws IOException {
        int[] ports = FreePorts.find(2);
        BrokerFiles files = new BrokerFiles(Files.createTempDirectory("metawal-kafka-"), ports[0]);
        Files.writeString(
                files.properties(),
                SETTINGS.formatted(BrokerMain.NODE, BrokerMain.CONTROLLER, ports[0], ports[1], files.data()));
        Files.writeString(files.logging(), LOGGING);
        return files;
    }

    Path properties() {
        return directory.resolve("server.properties");
    }

    Path logging() {
        return directory.resolve("logback.xml");
    }

    Path data() {
        return directory.resolve("data");
    }

    Path log() {
        return directory.resolve("broker.log");
    }

    String tail() throws IOException {
        String text = Files.exists(log()) ? Files.readString(log()) : "";
        return text.substring(Math.max(0, text.length() - 2000));
    }
}
