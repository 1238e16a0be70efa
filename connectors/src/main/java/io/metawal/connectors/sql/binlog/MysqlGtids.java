package io.metawal.connectors.sql.binlog;

import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A set of MySQL's global transaction ids: {@code server:first-last:…}, separated by commas. Behind a server there may be a tag, as from
 * MySQL 8.3 on, whose transactions are numbered apart.
 */
public final class MysqlGtids implements Gtids {
    public static final MysqlGtids NONE = new MysqlGtids(new TreeMap<>());

    private static final Pattern SERVER = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern TAG = Pattern.compile("[a-z_][a-z0-9_]{0,31}");
    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");

    private final SortedMap<String, List<Range>> ranges;

    /** Both ends are in it. */
    private record Range(long first, long last) {
        @Override
        public String toString() {
            return first == last ? String.valueOf(first) : first + "-" + last;
        }
    }

    private MysqlGtids(SortedMap<String, List<Range>> ranges) {
        this.ranges = ranges;
    }

    /** @param text as the server prints it, such as {@code gtid_executed} */
    public static MysqlGtids parse(String text) {
        SortedMap<String, List<Range>> found = new TreeMap<>();
        for (String part : text.replaceAll("\\s+", "").toLowerCase(Locale.ROOT).split(",", -1)) {
            if (!part.isEmpty()) {
                String[] words = part.split(":", -1);
                if (words.length < 2 || !SERVER.matcher(words[0]).matches()) {
                    throw unknown(text);
                }
                String source = words[0];
                for (int i = 1; i < words.length; i++) {
                    if (TAG.matcher(words[i]).matches()) {
                        source = words[0] + ":" + words[i];
                    } else {
                        add(found, source, range(words[i], text));
                    }
                }
            }
        }
        return new MysqlGtids(found);
    }

    private static Range range(String word, String text) {
        Matcher matcher = RANGE.matcher(word);
        if (!matcher.matches()) {
            throw unknown(text);
        }
        long first = Long.parseLong(matcher.group(1));
        String last = matcher.group(2);
        return new Range(first, last == null ? first : Long.parseLong(last));
    }

    private static UnsupportedFormatException unknown(String text) {
        return new UnsupportedFormatException(
                "expected GTIDs of MySQL such as 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5, found \"" + text + "\"");
    }

    private static void add(SortedMap<String, List<Range>> to, String source, Range range) {
        List<Range> merged = new ArrayList<>();
        Range grown = range;
        for (Range each : to.getOrDefault(source, List.of())) {
            if (each.last() + 1 < grown.first()) {
                merged.add(each);
            } else if (each.first() <= grown.last() + 1) {
                grown = new Range(Math.min(each.first(), grown.first()), Math.max(each.last(), grown.last()));
            }
        }
        merged.add(grown);
        for (Range each : to.getOrDefault(source, List.of())) {
            if (each.first() > grown.last() + 1) {
                merged.add(each);
            }
        }
        to.put(source, List.copyOf(merged));
    }

    @Override
    public MysqlGtids and(String gtid) {
        SortedMap<String, List<Range>> more = new TreeMap<>(ranges);
        parse(gtid).ranges.forEach((source, each) -> each.forEach(range -> add(more, source, range)));
        return new MysqlGtids(more);
    }

    @Override
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Those that are not all in the other set, with all their ranges. */
    public MysqlGtids missingFrom(MysqlGtids other) {
        SortedMap<String, List<Range>> missing = new TreeMap<>();
        ranges.forEach((source, mine) -> {
            List<Range> theirs = other.ranges.getOrDefault(source, List.of());
            List<Range> lacking = mine.stream()
                    .filter(range -> theirs.stream()
                            .noneMatch(each -> each.first() <= range.first() && each.last() >= range.last()))
                    .toList();
            if (!lacking.isEmpty()) {
                missing.put(source, lacking);
            }
        });
        return new MysqlGtids(missing);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MysqlGtids gtids && ranges.equals(gtids.ranges);
    }

    @Override
    public int hashCode() {
        return Objects.hash(ranges);
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, List<Range>> source : ranges.entrySet()) {
            StringBuilder part = new StringBuilder(source.getKey());
            source.getValue().forEach(range -> part.append(':').append(range));
            parts.add(part.toString());
        }
        return String.join(",", parts);
    }
}
