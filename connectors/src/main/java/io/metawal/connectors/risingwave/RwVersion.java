package io.metawal.connectors.risingwave;

import io.metawal.metadata.fault.UsageException;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of RisingWave, such as {@code 2.6.3} or {@code 3.2.0-alpha}; what stands after the numbers does not count in order. */
public record RwVersion(int major, int minor, int patch) implements Comparable<RwVersion> {
    private static final Pattern FORM = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?(?:[-+].*)?");
    private static final Comparator<RwVersion> ORDER = Comparator.comparingInt(RwVersion::major)
            .thenComparingInt(RwVersion::minor)
            .thenComparingInt(RwVersion::patch);

    public static RwVersion parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new UsageException("\"" + text + "\" is not a version of RisingWave: expected such as 2.6.3");
        }
        String patch = m.group(3);
        return new RwVersion(
                Integer.parseInt(m.group(1)),
                Integer.parseInt(m.group(2)),
                patch == null ? 0 : Integer.parseInt(patch));
    }

    public boolean atLeast(int otherMajor, int otherMinor) {
        return compareTo(new RwVersion(otherMajor, otherMinor, 0)) >= 0;
    }

    /** Whether both are of one minor release, whose tables are alike. */
    public boolean sameMinor(RwVersion other) {
        return major == other.major && minor == other.minor;
    }

    @Override
    public int compareTo(RwVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
