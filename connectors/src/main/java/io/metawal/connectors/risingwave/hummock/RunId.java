package io.metawal.connectors.risingwave.hummock;

/**
 * Which list of SSTs of a group: a level, or a sub level of level 0.
 *
 * @param level 0 for sub levels
 * @param subLevel 0 for levels from 1 on
 */
record RunId(int level, long subLevel) implements Comparable<RunId> {
    static RunId level(int level) {
        return new RunId(level, 0);
    }

    static RunId subLevel(long subLevel) {
        return new RunId(0, subLevel);
    }

    @Override
    public int compareTo(RunId other) {
        int byLevel = Integer.compare(level, other.level);
        return byLevel != 0 ? byLevel : Long.compareUnsigned(subLevel, other.subLevel);
    }

    /** For messages. */
    String in(long group) {
        return "group " + HummockKeys.u64(group)
                + (level == 0 ? " sub level " + HummockKeys.u64(subLevel) : " level " + HummockKeys.u32(level));
    }
}
