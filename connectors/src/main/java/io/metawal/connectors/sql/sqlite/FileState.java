package io.metawal.connectors.sql.sqlite;

import io.metawal.metadata.fault.SourceChangedException;

/**
 * What tells a SQLite file apart, and how old it is.
 *
 * @param path absolute
 * @param inode the file itself, in the words of the file system; empty where it has none
 * @param identity of the cluster whose rows it holds; empty where they do not say
 * @param schemaVersion SQLite's {@code PRAGMA schema_version}: grows with every change of a table
 * @param changes the change counter in the file's header, 32 bits: grows with the transactions that reached the file itself
 */
record FileState(String path, String inode, String identity, long schemaVersion, long changes) {
    private static final String NEXT =
            ": give the right file, or begin a new repository, or a new timeline, for this one";

    /**
     * That this file is the one that was read before, and did not go back.
     *
     * @throws SourceChangedException where it is another, or older
     */
    void follows(FileState before) {
        if (!before.identity.isEmpty() && !identity.equals(before.identity)) {
            throw changed(
                    identity.isEmpty()
                            ? "holds no cluster any more, but the log was captured from cluster " + before.identity
                            : "is of cluster " + identity + ", but the log was captured from cluster "
                                    + before.identity);
        }
        boolean otherFile = !inode.equals(before.inode);
        if (otherFile && before.identity.isEmpty()) {
            throw changed("is another file, " + inode + ", than the one that was captured, " + before.inode);
        }
        if (schemaVersion < before.schemaVersion) {
            throw changed("went back: its schema version is " + schemaVersion + ", the log was captured up to "
                    + before.schemaVersion + ". Was it emptied, or restored from a copy?");
        }
        // A copy may begin a counter of its own. 32 bits wrap.
        if (!otherFile && (int) (changes - before.changes) < 0) {
            throw changed("went back: its change counter is " + changes + ", the log was captured up to "
                    + before.changes + ". Was it restored from a copy?");
        }
    }

    private SourceChangedException changed(String what) {
        return new SourceChangedException("sqlite:" + path + " " + what + NEXT);
    }
}
