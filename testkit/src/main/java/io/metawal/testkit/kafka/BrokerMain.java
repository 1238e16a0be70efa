package io.metawal.testkit.kafka;

import java.nio.file.Path;
import org.apache.kafka.metadata.storage.Formatter;

/** What {@link KafkaBroker} starts: formats the directory where that was not done yet, then is a broker and its controller. */
final class BrokerMain {
    static final int NODE = 1;
    static final String CONTROLLER = "CONTROLLER";

    private BrokerMain() {}

    /** @param args the properties file, the cluster id, the directory of the data */
    public static void main(String[] args) throws Exception {
        // It must not outlive the tests, however they end.
        var unused = ProcessHandle.current()
                .parent()
                .map(tests -> tests.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
        String data = Path.of(args[2]).toString();
        new Formatter()
                .setNodeId(NODE)
                .setClusterId(args[1])
                .addDirectory(data)
                .setMetadataLogDirectory(data)
                .setControllerListenerName(CONTROLLER)
                .setIgnoreFormatted(true)
                .run();
        kafka.Kafka.main(new String[] {args[0]});
    }
}
