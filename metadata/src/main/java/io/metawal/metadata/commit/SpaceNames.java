package io.metawal.metadata.commit;

import java.util.concurrent.ConcurrentHashMap;

/** Spaces seen so far; a cluster has dozens, and replay meets them millions of times. */
final class SpaceNames {
    private static final int REMEMBERED_MAX = 4096;
    private static final ConcurrentHashMap<String, Space> SEEN = new ConcurrentHashMap<>();

    private SpaceNames() {}

    static Space intern(String name) {
        Space seen = SEEN.get(name);
        if (seen != null) {
            return seen;
        }
        Space space = new Space(name);
        if (SEEN.size() < REMEMBERED_MAX) {
            SEEN.put(name, space);
        }
        return space;
    }
}
