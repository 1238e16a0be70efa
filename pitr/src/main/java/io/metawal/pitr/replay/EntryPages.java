package io.metawal.pitr.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * Entries' bytes one behind the other in large arrays: a million entries are some hundred objects to the garbage collector. A
 * place is a page's number in the upper half and the offset in it in the lower.
 */
final class EntryPages {
    private static final int PAGE_BYTES = 1 << 20;

    private final List<byte[]> pages = new ArrayList<>();
    private int used;
    private int room;
    private long bytes;

    /** A place for so many bytes, which lie in one page. */
    long reserve(int length) {
        if (length > room - used || pages.isEmpty()) {
            room = Math.max(PAGE_BYTES, length);
            used = 0;
            bytes += room;
            pages.add(new byte[room]);
        }
        long place = (long) (pages.size() - 1) << 32 | used;
        used += length;
        return place;
    }

    byte[] page(long place) {
        return pages.get((int) (place >>> 32));
    }

    static int offset(long place) {
        return (int) place;
    }

    /** What the pages take. */
    long bytes() {
        return bytes;
    }
}
