package io.metawal.wal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRulesTest {
    private static final TopicRules RULES = new TopicRules(0, 0);

    private static TopicRules.Found three(Map<String, String> settings) {
        return new TopicRules.Found(1, 3, settings);
    }

    @Test
    void whatIsMadeHereIsFit() {
        for (int brokers = 1; brokers <= 5; brokers++) {
            TopicRules.Found made = new TopicRules.Found(1, RULES.replicasFor(brokers), RULES.made(brokers));
            assertThat(RULES.complaints(made)).isEmpty();
        }
        assertThat(RULES.made(3)).containsEntry("min.insync.replicas", "2");
        assertThat(RULES.made(2)).containsEntry("min.insync.replicas", "1");
        assertThat(new TopicRules(2, 2).made(3)).containsEntry("min.insync.replicas", "2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cleanup.policy                 | compact        | cleanup.policy is compact, wanted delete
            cleanup.policy                 | compact,delete | cleanup.policy is compact,delete, wanted delete
            retention.ms                   | 604800000      | retention.ms is 604800000, wanted -1
            retention.bytes                | 1000000        | retention.bytes is 1000000, wanted -1
            unclean.leader.election.enable | true           | unclean.leader.election.enable is true, wanted false
            message.timestamp.type         | LogAppendTime  | message.timestamp.type is LogAppendTime, wanted CreateTime
            min.insync.replicas            | 1              | min.insync.replicas is 1 of 3 replicas, wanted at least 2
            min.insync.replicas            | 4              | min.insync.replicas is 4 of 3 replicas, wanted at most as many
            max.message.bytes              | 1048575        | max.message.bytes is 1048575, wanted at least 1048576
            """)
    void eachSettingThatCouldLoseOrReorderIsNamed(String setting, String value, String reason) {
        Map<String, String> settings = new HashMap<>(RULES.made(3));
        settings.put(setting, value);
        assertThat(RULES.complaints(three(settings))).singleElement().asString().startsWith(reason);
        settings.remove(setting);
        assertThat(RULES.complaints(three(settings))).singleElement().asString().startsWith(setting);
    }

    @Test
    void severalPartitionsHaveNoOneOrder() {
        assertThat(RULES.complaints(new TopicRules.Found(3, 3, RULES.made(3))))
                .containsExactly("it has 3 partitions, wanted 1: commits have one order");
    }

    @Test
    void whatTheOperatorWantsMoreOfIsAskedForToo() {
        assertThat(new TopicRules(3, 3).complaints(three(RULES.made(3))))
                .containsExactly("min.insync.replicas is 2 of 3 replicas, wanted at least 3:"
                        + " what one broker alone has is lost with it");
    }
}
