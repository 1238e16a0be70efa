package io.metawal.connectors.risingwave.simulated.sql;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Values for columns about which nothing is to be known but their type: NULL and empty among them, texts in many letters. */
final class RandomRows {
    private static final Set<String> FREE_TEXTS = Set.of(
            "description",
            "timezone",
            "runtime",
            "link",
            "identifier",
            "name_in_runtime",
            "cdc_table_id",
            "internal_rpc_host_addr",
            "label",
            "resource_group",
            "specific_resource_group",
            "initialized_at_cluster_version",
            "created_at_cluster_version");
    private static final List<String> TEXTS =
            List.of("", "UTC", "a b", "naïve — 日本語 😀", "quote ' and \" and \\", "line\nline");
    /** Nullable in the table, but RisingWave's model has always a value. */
    private static final Set<String> NEVER_NULL = Set.of("upstream_actor_ids");

    /** Columns that hold a map from ids to lists of ids. */
    private static final Set<String> MAPS = Set.of("upstream_actor_ids", "backfill_orders");

    private static final int BLOB_MAX = 300;

    private final RandomGenerator random;

    RandomRows(RandomGenerator random) {
        this.random = random;
    }

    /** These values, and some for the columns that need one or are of no meaning to the simulation. */
    Map<String, @Nullable Object> complete(LevelTable table, Map<String, ? extends @Nullable Object> given) {
        Map<String, @Nullable Object> row = new TreeMap<>();
        for (LevelColumn column : table.columns()) {
            String name = column.name();
            if (given.containsKey(name)) {
                row.put(name, given.get(name));
            } else if (!column.counts() && isFree(table, column)) {
                boolean empty = column.nullable() && !NEVER_NULL.contains(name) && random.nextInt(3) > 0;
                row.put(name, empty ? null : any(column));
            }
        }
        return row;
    }

    /** Whether any value will do. */
    private static boolean isFree(LevelTable table, LevelColumn column) {
        if (table.links().stream().anyMatch(link -> link.column().equals(column.name()))) {
            return false;
        }
        return switch (column.kind()) {
            case BYTES, BOOL -> true;
            case INT -> !column.nullable() || column.name().endsWith("_index");
            case JSON -> !column.name().contains("parallelism");
            case STRING -> FREE_TEXTS.contains(column.name());
            default -> false;
        };
    }

    private Object any(LevelColumn column) {
        return switch (column.kind()) {
            case BYTES -> bytes(random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(BLOB_MAX));
            case BOOL -> random.nextBoolean();
            case INT -> (long) random.nextInt(256);
            case JSON -> json(column.name());
            default -> TEXTS.get(random.nextInt(TEXTS.size()));
        };
    }

    private String json(String column) {
        if (MAPS.contains(column)) {
            return object(Map.of(Integer.toString(1 + random.nextInt(100)), ints(4)));
        }
        return column.contains("properties") || column.equals("options") ? properties() : ints(4);
    }

    ByteString bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /** Small, or, now and then, some tens of kilobytes that cannot be made smaller. */
    ByteString plan() {
        return bytes(random.nextInt(10) == 0 ? 20_000 + random.nextInt(20_000) : 100 + random.nextInt(1500));
    }

    private String properties() {
        return object(Map.of(
                "topic",
                "\"t" + random.nextInt(100) + "\"",
                "connector",
                random.nextBoolean() ? "\"kafka\"" : "\"postgres-cdc\""));
    }

    private String ints(int max) {
        List<Long> numbers = new ArrayList<>();
        for (int i = random.nextInt(max); i > 0; i--) {
            numbers.add((long) random.nextInt(1000));
        }
        return array(numbers);
    }

    /** As PostgreSQL prints it, which is how it stands in every database. */
    static String array(List<Long> numbers) {
        return numbers.toString();
    }

    /** As PostgreSQL prints an object: shorter keys first. */
    static String object(Map<String, String> values) {
        List<String> keys = new ArrayList<>(values.keySet());
        keys.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        List<String> parts = new ArrayList<>();
        keys.forEach(key -> parts.add("\"" + key + "\": " + values.get(key)));
        return "{" + String.join(", ", parts) + "}";
    }
}
