package io.metawal.metadata.commit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a comparison with the source found: the reason of the gap that follows. It prints as one sentence, and parses back from it, so that
 * readers of a history know which commits are in doubt: those after the last comparison that agreed, up to the gap.
 *
 * <pre>
 * what was captured differs from the source in 177 or more keys; the last comparison that agreed was at seq 812 (epoch 1930), so later
 * commits are in doubt; the first key that differs: catalog.__fd_table __fd_table/1/t (missing)
 * </pre>
 *
 * @param keys that differ; there may be more
 * @param agreed where a comparison last agreed
 * @param first space and key of the first one, and how it differs; never a value
 */
public record SourceDifference(long keys, Agreed agreed, String first) {
    /** The commit at which a comparison agreed. */
    public record Agreed(long seq, long epoch) {
        /** No comparison did. */
        public static final Agreed NEVER = new Agreed(0, 0);
    }

    private static final String DIFFERS = "what was captured differs from the source in ";
    private static final Pattern FORM = Pattern.compile(
            Pattern.quote(DIFFERS) + "(\\d{1,18}) or more keys; .*? seq (\\d{1,18}) \\(epoch (-?\\d{1,19})\\),.*?"
                    + " are in doubt; the first key that differs: (.*)",
            Pattern.DOTALL);

    /** Found in a gap's reason, which may say more; empty for a gap of another kind. */
    public static Optional<SourceDifference> parse(String gapReason) {
        Matcher m = FORM.matcher(gapReason);
        return m.find()
                ? Optional.of(new SourceDifference(
                        Long.parseLong(m.group(1)),
                        new Agreed(Long.parseLong(m.group(2)), Long.parseLong(m.group(3))),
                        m.group(4)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return DIFFERS + keys + " or more keys; "
                + (agreed.seq() == 0
                        ? "no comparison has agreed since seq 0"
                        : "the last comparison that agreed was at seq " + agreed.seq())
                + " (epoch " + agreed.epoch() + "), so later commits are in doubt; the first key that differs: "
                + first;
    }
}
