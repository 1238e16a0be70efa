package io.metawal.wal.kafka;

import io.metawal.metadata.fault.UsageException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code kafka://host:port[,host:port…]/topic}. Names no class of Kafka's, so that asking what a URL is costs nothing. */
public record KafkaUrl(List<String> servers, String topic) {
    private static final String SCHEME = "kafka:";
    private static final String SERVER = "(?:\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):[0-9]{1,5}";
    private static final Pattern URL =
            Pattern.compile("kafka://(" + SERVER + "(?:," + SERVER + ")*)/([A-Za-z0-9._-]{1,249})");

    public KafkaUrl {
        servers = List.copyOf(servers);
    }

    public static boolean names(String wal) {
        return wal.startsWith(SCHEME);
    }

    public static KafkaUrl parse(String text) {
        Matcher matcher = URL.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException("\"" + text + "\" is not the URL of a log on Kafka: expected"
                    + " kafka://host:port[,host:port…]/topic, the topic of letters, digits, '.', '_' and '-'");
        }
        return new KafkaUrl(List.of(matcher.group(1).split(",")), matcher.group(2));
    }

    String bootstrap() {
        return String.join(",", servers);
    }

    @Override
    public String toString() {
        return "kafka://" + bootstrap() + "/" + topic;
    }
}
