package io.metawal.connectors.sql.binlog;

import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The last of MariaDB's global transaction ids, {@code domain-server-sequence}, in each of its domains; none for a log without any. */
public final class MariaGtids implements Gtids {
    public static final MariaGtids NONE = new MariaGtids(new TreeMap<>());

    private static final Pattern FORM = Pattern.compile("(\\d+)-(\\d+)-(\\d+)");

    private final SortedMap<Long, Gtid> last;

    /** One of them. */
    public record Gtid(long domain, long server, long sequence) {
        @Override
        public String toString() {
            return domain + "-" + server + "-" + Long.toUnsignedString(sequence);
        }
    }

    private MariaGtids(SortedMap<Long, Gtid> last) {
        this.last = last;
    }

    /** @param text as the server prints it, separated by commas; of a domain that comes several times, the last counts */
    public static MariaGtids parse(String text) {
        SortedMap<Long, Gtid> last = new TreeMap<>();
        all(text).forEach(gtid -> last.put(gtid.domain(), gtid));
        return new MariaGtids(last);
    }

    /** All of a list such as {@code gtid_binlog_state}, which has one for each domain and server. */
    public static List<Gtid> all(String text) {
        List<Gtid> all = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (part.isBlank()) {
                continue;
            }
            Matcher matcher = FORM.matcher(part.strip());
            if (!matcher.matches()) {
                throw new UnsupportedFormatException(
                        "expected a GTID of MariaDB such as 0-1-100, found \"" + part + "\"");
            }
            all.add(new Gtid(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseUnsignedLong(matcher.group(3))));
        }
        return all;
    }

    @Override
    public MariaGtids and(String gtid) {
        SortedMap<Long, Gtid> more = new TreeMap<>(last);
        all(gtid).forEach(each -> more.put(each.domain(), each));
        return new MariaGtids(more);
    }

    @Override
    public boolean isEmpty() {
        return last.isEmpty();
    }

    /** Those that a server with this state does not know: of no such domain and server, or beyond its last. */
    public List<Gtid> missingFrom(List<Gtid> state) {
        return last.values().stream()
                .filter(gtid -> state.stream()
                        .noneMatch(known -> known.domain() == gtid.domain()
                                && known.server() == gtid.server()
                                && Long.compareUnsigned(known.sequence(), gtid.sequence()) >= 0))
                .toList();
    }

    /** As {@link #missingFrom}, whichever server each of them came from: a replica only remembers the last of each domain. */
    public List<Gtid> missingBySequence(List<Gtid> state) {
        return last.values().stream()
                .filter(gtid -> state.stream()
                        .noneMatch(known -> known.domain() == gtid.domain()
                                && Long.compareUnsigned(known.sequence(), gtid.sequence()) >= 0))
                .toList();
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return other instanceof MariaGtids gtids && last.equals(gtids.last);
    }

    @Override
    public int hashCode() {
        return last.hashCode();
    }

    /** As the server takes it for {@code slave_connect_state}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<Long, Gtid> entry : last.entrySet()) {
            parts.add(entry.getValue().toString());
        }
        return String.join(",", parts);
    }
}
