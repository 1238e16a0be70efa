package io.metawal.wal.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a topic must be like so that it neither loses nor reorders what was acknowledged. Pure.
 *
 * @param replicas of a topic made here; 0 for min(3, brokers)
 * @param minInsyncReplicas wanted at least; 0 for 2 where there are three replicas or more, else 1
 */
record TopicRules(int replicas, int minInsyncReplicas) {
    /** So large must a message be allowed to be. */
    static final int MESSAGE_BYTES_MIN = 1 << 20;

    private static final int MESSAGE_BYTES_MADE = 2 << 20;
    private static final String MIN_INSYNC = "min.insync.replicas";
    private static final String MESSAGE_BYTES = "max.message.bytes";
    /** Setting, the one value that is allowed, and what another would do. */
    private static final List<String[]> FIXED = List.of(
            new String[] {"cleanup.policy", "delete", "compaction takes commits out of the middle"},
            new String[] {"retention.ms", "-1", "commits would go by time, archived or not"},
            new String[] {"retention.bytes", "-1", "commits would go by size, archived or not"},
            new String[] {
                "unclean.leader.election.enable", "false", "a replica that lags could lead, and what it lacks be lost"
            },
            new String[] {"message.timestamp.type", "CreateTime", "the broker would write into records"});

    /** What a topic is found to be like. */
    record Found(int partitions, int replicas, Map<String, String> settings) {}

    int replicasFor(int brokers) {
        return replicas == 0 ? Math.min(3, brokers) : replicas;
    }

    /** The settings of a topic made here. */
    Map<String, String> made(int brokers) {
        Map<String, String> settings = new LinkedHashMap<>();
        FIXED.forEach(rule -> settings.put(rule[0], rule[1]));
        settings.put(MIN_INSYNC, Integer.toString(minInsyncFor(replicasFor(brokers))));
        settings.put(MESSAGE_BYTES, Integer.toString(MESSAGE_BYTES_MADE));
        return settings;
    }

    private int minInsyncFor(int found) {
        return minInsyncReplicas == 0 ? (found >= 3 ? 2 : 1) : minInsyncReplicas;
    }

    /** Every reason why a topic will not do, each with what was found and what is wanted; empty where it will. */
    List<String> complaints(Found found) {
        List<String> complaints = new ArrayList<>();
        if (found.partitions() != 1) {
            complaints.add("it has " + found.partitions() + " partitions, wanted 1: commits have one order");
        }
        for (String[] rule : FIXED) {
            String value = found.settings().get(rule[0]);
            if (!rule[1].equals(value)) {
                complaints.add(rule[0] + " is " + value + ", wanted " + rule[1] + ": " + rule[2]);
            }
        }
        int wanted = minInsyncFor(found.replicas());
        int insync = number(found.settings().get(MIN_INSYNC));
        if (insync < wanted) {
            complaints.add(MIN_INSYNC + " is " + insync + " of " + found.replicas() + " replicas, wanted at least "
                    + wanted + ": what one broker alone has is lost with it");
        }
        if (insync > found.replicas()) {
            complaints.add(MIN_INSYNC + " is " + insync + " of " + found.replicas()
                    + " replicas, wanted at most as many: nothing could be written");
        }
        int bytes = number(found.settings().get(MESSAGE_BYTES));
        if (bytes < MESSAGE_BYTES_MIN) {
            complaints.add(MESSAGE_BYTES + " is " + bytes + ", wanted at least " + MESSAGE_BYTES_MIN
                    + ": pieces of commits are larger");
        }
        return complaints;
    }

    private static int number(@org.jspecify.annotations.Nullable String text) {
        return text == null ? 0 : Integer.parseInt(text);
    }
}
