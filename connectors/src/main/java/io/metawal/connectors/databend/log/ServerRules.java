package io.metawal.connectors.databend.log;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a state machine does with entries that say the same, by the release of the server that applies them. */
public record ServerRules(Or or, Ttl ttl, Floor floor, Proposal proposal) {
    public static final ServerRules NEWEST =
            new ServerRules(Or.OF_MEMBERS, Ttl.MILLISECONDS, Floor.KNOWN, Proposal.KEPT);

    /** Releases from 2026 on are numbered by their day, {@code 260312.5.0}; before, {@code v1.2.763-nightly-…}. */
    private static final Pattern RELEASE = Pattern.compile("v?(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})(?:\\D.*)?");

    private static final long OR_OF_MEMBERS = 260_217;
    private static final long TTL_IN_MILLISECONDS = 1_002_770;
    private static final long PROPOSAL_KEPT = 1_002_823;
    private static final long FLOOR_KNOWN = 1_002_828;

    /** When an {@code Or} of a {@code Transaction} holds; that of a {@code KvTransaction} is always one of its members. */
    public enum Or {
        /** Until v260214, whatever is in it (databend-meta 9f1aa50). */
        ALWAYS,
        /** Where it is empty, or a member holds. */
        OF_MEMBERS
    }

    /** In what times are kept at which records expire; before, one in milliseconds is taken for seconds. */
    public enum Ttl {
        /** Before 1.2.770, rounded down (databend 79d8f07). */
        SECONDS,
        MILLISECONDS
    }

    /** Whether an operation that adds to a number takes a least value for it. */
    public enum Floor {
        /** Before 1.2.828 (databend 1b75e7e). */
        UNKNOWN,
        KNOWN
    }

    /** Whether a record keeps when it was proposed. */
    public enum Proposal {
        /** Before 1.2.823 (databend 96108c4). */
        NOT_KEPT,
        KEPT
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
                number >= TTL_IN_MILLISECONDS ? Ttl.MILLISECONDS : Ttl.SECONDS,
                number >= FLOOR_KNOWN ? Floor.KNOWN : Floor.UNKNOWN,
                number >= PROPOSAL_KEPT ? Proposal.KEPT : Proposal.NOT_KEPT));
    }
}
