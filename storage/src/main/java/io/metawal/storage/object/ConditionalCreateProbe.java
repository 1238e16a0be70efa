package io.metawal.storage.object;

import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UsageException;

/**
 * Asks a store whether it refuses to create what exists already, by which writers exclude each other: some services that speak S3's
 * protocol take the condition and ignore it. The key must be new; its object is deleted again.
 */
public final class ConditionalCreateProbe {
    public static final String FOLDER = "probe/";

    private final ObjectStore store;
    private final ObjectKey key;

    /** @param nonce never used before */
    public ConditionalCreateProbe(ObjectStore store, String nonce) {
        this.store = store;
        this.key = new ObjectKey(FOLDER + nonce);
    }

    /** Whether the second of two creates was refused. */
    public boolean holds() {
        ObjectStores.createOrConfirm(store, key, new byte[] {1});
        try {
            store.create(key, ObjectBody.of(new byte[] {2}));
            return false;
        } catch (ObjectExistsException refused) {
            return true;
        } catch (UnknownOutcomeException doubtful) {
            byte[] found = store.read(key);
            return found.length == 1 && found[0] == 1;
        } finally {
            store.delete(key);
        }
    }

    /** Fails where they are not refused. */
    public void require() {
        if (!holds()) {
            throw new UsageException(
                    store.describe() + " ignores the condition that a create may not overwrite, by which"
                            + " writers exclude each other: use another store, or, where there will never be more than one"
                            + " writer, say --single-writer-i-promise");
        }
    }
}
