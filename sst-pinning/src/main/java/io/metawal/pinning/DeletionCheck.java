package io.metawal.pinning;

import java.util.Set;

/** What a vacuum asks before it deletes data files. */
@FunctionalInterface
public interface DeletionCheck {
    /** Of these object ids, those that no restorable point and no hold refers to: only they may be deleted. */
    Set<Long> deletable(Set<Long> objectIds);
}
