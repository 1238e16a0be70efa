package io.metawal.connectors.databend.log;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a state machine does with entries that say the same, by the release of the server that applies them. */
public record ServerRules(Or or, Ttl ttl) {
    public static final ServerRules NEWEST = new ServerRules(Or.OF_MEMBERS, Ttl.MILLISECONDS);

    /** Releases from 2026 on are numbered by their day, {@code 260312.5.0}; before, {@code v1.2.763-nightly-…}. */
    private static final Pattern RELEASE = Pattern.compile("v?(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})(?:\\D.*)?");

    private static final long OR_OF_MEMBERS = 260_217;
    private static final long TTL_IN_MILLISECONDS = 1_002_770;

    /** When an {@code Or} of a {@code Transaction} holds; that of a {@code KvTransaction} is always one of its members. */
    public enum Or {
        /** Until v260214, whatever is in it (databend-meta 9f1aa50). */
        ALWAYS,
        /** Where it is empty, or a member holds. */
        OF_MEMBERS
    }

    /** In what the time is kept at which a record with a time to live expires. */
    public enum Ttl {
        /** Before 1.2.770, rounded down (databend 79d8f07). */
        SECONDS,
        MILLISECONDS
    }

    /** Empty where the text is no release's. */
    public static Optional<ServerRules> ofRelease(String release) {
        Matcher m = RELEASE.matcher(release);
        if (!m.matches()) {
            return Optional.empty();
        }
        long major = Long.parseLong(m.group(1));
        long number = major * 1_000_000 + Long.parseLong(m.group(2)) * 1000 + Long.parseLong(m.group(3));
        return Optional.of(new ServerRules(
                major >= OR_OF_MEMBERS ? Or.OF_MEMBERS : Or.ALWAYS,
                number >= TTL_IN_MILLISECONDS ? Ttl.MILLISECONDS : Ttl.SECONDS));
    }
}
