package io.metawal.connectors.etcd.rpc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's version, and which faults of etcd's watches it is free of (etcd's own CHANGELOG names the versions).
 *
 * @param minor 5 of 3.5.18
 * @param patch 18 of 3.5.18
 */
public record EtcdVersion(int major, int minor, int patch) {
    /** A server that did not say; it is trusted with nothing. */
    public static final EtcdVersion UNKNOWN = new EtcdVersion(0, 0, 0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})(-.*)?");

    public static EtcdVersion parse(String text) {
        Matcher m = FORM.matcher(text);
        return m.matches()
                ? new EtcdVersion(
                        Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)))
                : UNKNOWN;
    }

    /** Whether the answer to a progress request comes after all events before it: etcd issue 15220. */
    public boolean ordersProgress() {
        return atLeast(25, 8);
    }

    /**
     * Whether a watch that etcd catches up reports every event, or that they are compacted. Older servers lose a deletion made at the
     * compacted revision (etcd issues 18089, 19179), and all events of a slow watch that a compaction overtook (pull request 17610).
     */
    public boolean catchesUpCompletely() {
        return atLeast(36, 18);
    }

    private boolean atLeast(int patchOf34, int patchOf35) {
        if (major != 3) {
            return major > 3;
        }
        return switch (minor) {
            case 4 -> patch >= patchOf34;
            case 5 -> patch >= patchOf35;
            default -> minor > 5;
        };
    }

    @Override
    public String toString() {
        return this.equals(UNKNOWN) ? "an unknown version" : major + "." + minor + "." + patch;
    }
}
