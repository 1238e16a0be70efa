package io.metawal.tools.cli;

import io.metawal.metadata.fault.UsageException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which options go with which target: one that can have no effect is refused, for whoever gives it means something by it. */
final class TargetScope {
    private static final String ETCD = "etcd://";
    private static final String RW_ETCD = "risingwave+etcd://";
    private static final String RW_SQL = "risingwave+postgres://, risingwave+mysql://, risingwave+sqlite:";
    private static final String SQL = "postgres://, mysql://, sqlite:";
    private static final String DUMP = "sql-dump:";
    private static final String BACKUP = "risingwave-backup:";
    private static final String DATABEND = "databend-export:";

    private static final Map<String, Set<String>> TARGETS = new LinkedHashMap<>();

    static {
        goes(List.of("--prefix", "--drop-leased"), ETCD);
        goes(List.of("--ids", "--category-rules", "--wal"), ETCD, RW_ETCD, RW_SQL, SQL, DUMP, BACKUP, DATABEND);
        goes(List.of("--hummock", "--check-files", "--no-check-files"), RW_ETCD, RW_SQL, DUMP, BACKUP);
        goes(
                List.of("--state-store", "--data-directory", "--backup-storage-url", "--backup-storage-directory"),
                RW_ETCD,
                RW_SQL,
                DUMP);
        goes(List.of("--risingwave-version"), RW_ETCD, RW_SQL, DUMP, BACKUP);
        goes(List.of("--version-form"), BACKUP);
        goes(List.of("--with-time-travel", "--no-with-time-travel"), RW_SQL, DUMP);
        goes(List.of("--meta", "--even-if-alive"), RW_ETCD, RW_SQL, BACKUP);
        goes(List.of("--create-schema"), RW_SQL, SQL, DUMP);
        goes(List.of("--tenant", "--with-log", "--initial-cluster", "--id", "--with-ephemeral"), DATABEND);
    }

    private TargetScope() {}

    private static void goes(List<String> options, String... targets) {
        options.forEach(option -> TARGETS.put(option, Set.of(targets)));
    }

    /** Refuses the first of these options that has no effect on such a target. */
    static void check(String into, String shown, Collection<String> given) {
        for (String option : given) {
            Set<String> targets = TARGETS.get(option);
            if (targets != null && targets.stream().noneMatch(target -> is(target, into))) {
                throw new UsageException(option + " has no effect on --into " + shown + ": it goes with "
                        + targets.stream().sorted().collect(Collectors.joining(", ")) + hint(option, into));
            }
        }
    }

    private static boolean is(String targets, String into) {
        return Stream.of(targets.split(", ", -1)).anyMatch(into::startsWith);
    }

    private static String hint(String option, String into) {
        boolean place = TARGETS.getOrDefault(option, Set.of()).contains(DUMP)
                && !option.equals("--risingwave-version")
                && !option.equals("--ids")
                && !option.equals("--category-rules")
                && !option.equals("--create-schema");
        return place && into.startsWith(BACKUP)
                ? ". A snapshot keeps the parameters of its cluster; risectl's own restore rewrites them"
                        + " (--hummock-storage-url, --overwrite-hummock-storage-endpoint and its like)"
                : "";
    }
}
