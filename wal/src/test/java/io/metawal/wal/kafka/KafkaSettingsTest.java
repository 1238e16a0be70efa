package io.metawal.wal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.UsageException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {
    @Test
    void urlsAreParsedAndPrinted() {
        for (String text : new String[] {"kafka://a:1/t", "kafka://a.b:9092,10.0.0.1:9093,[::1]:9/meta_wal-1.x"}) {
            assertThat(KafkaUrl.parse(text)).hasToString(text);
            assertThat(KafkaUrl.names(text)).isTrue();
        }
        assertThat(KafkaUrl.parse("kafka://a:1,b:2/t").servers()).containsExactly("a:1", "b:2");
        assertThat(KafkaUrl.names("/var/kafka")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kafka:", "kafka://a/t", "kafka://a:1", "kafka://a:1/", "kafka://a:1/b/c", "kafka://a:1,/t"})
    void whatIsNoUrlIsRefusedWithTheForm(String text) {
        assertThatThrownBy(() -> KafkaUrl.parse(text))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("kafka://host:port[,host:port…]/topic");
    }

    @Test
    void oursAreTakenAndTheRestGoesToTheClients() {
        KafkaSettings settings = KafkaSettings.of(Map.of(
                "topic.replication.factor", "2",
                "topic.min.insync.replicas", "2",
                "topic.trimming", "never",
                "security.protocol", "SSL"));
        assertThat(settings)
                .isEqualTo(new KafkaSettings(2, 2, KafkaSettings.Trimming.NEVER, Map.of("security.protocol", "SSL")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"acks", "enable.idempotence", "transactional.id", "isolation.level", "compression.type"})
    void whatThePromisesRestOnCannotBeSet(String key) {
        assertThatThrownBy(() -> KafkaSettings.of(Map.of(key, "1")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("cannot be set");
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> KafkaSettings.of(Map.of("topic.replicas", "2")))
                .hasMessageContaining("topic.replicas");
        assertThatThrownBy(() -> KafkaSettings.of(Map.of("topic.trimming", "yes")))
                .hasMessageContaining("archived or never");
        assertThatThrownBy(() -> KafkaSettings.of(Map.of("topic.replication.factor", "0")))
                .hasMessageContaining("from 1 to 99");
    }
}
