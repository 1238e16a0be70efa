package io.metawal.storage.object;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What every user of a store does the same way. */
public final class ObjectStores {
    private static final int PAGE = 1000;

    private ObjectStores() {}

    /**
     * Creates an object; where the outcome is unknown, or something is there already, reads it back and compares (I10). Returns
     * normally exactly when these bytes are there. {@code ObjectExistsException} where other bytes are.
     */
    public static void createOrConfirm(ObjectStore store, ObjectKey key, byte[] bytes) {
        createOrConfirm(store, key, ObjectBody.of(bytes));
    }

    /** As above, for a body that is not one array. */
    public static void createOrConfirm(ObjectStore store, ObjectKey key, ObjectBody body) {
        try {
            store.create(key, body);
        } catch (UnknownOutcomeException | ObjectExistsException doubtful) {
            confirm(store, key, body, doubtful);
        }
    }

    private static void confirm(ObjectStore store, ObjectKey key, ObjectBody body, MetawalException doubtful) {
        byte[] found;
        try {
            found = store.read(key);
        } catch (ObjectNotFoundException absent) {
            // It may still arrive: neither success nor failure is known, and the caller tries the same key again.
            throw new UnknownOutcomeException(
                    "whether " + key + " was written to " + store.describe() + " is not known yet: " + doubtful.text(),
                    doubtful);
        }
        if (!same(found, body)) {
            throw new ObjectExistsException(
                    key + " in " + store.describe() + " exists with other content (" + found.length
                            + " bytes, ours has " + body.size() + "): another writer was here",
                    doubtful);
        }
    }

    private static boolean same(byte[] found, ObjectBody body) {
        try (InputStream ours = body.open(0)) {
            return found.length == body.size() && Arrays.equals(found, ours.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every object under a prefix, page by page, in order. */
    public static void forEach(ObjectStore store, String prefix, String after, Consumer<ObjectStat> action) {
        String last = after;
        while (true) {
            List<ObjectStat> page = store.list(prefix, last, PAGE);
            page.forEach(action);
            if (page.size() < PAGE) {
                return;
            }
            last = page.get(page.size() - 1).key().value();
        }
    }

    public static List<ObjectStat> all(ObjectStore store, String prefix) {
        List<ObjectStat> found = new ArrayList<>();
        forEach(store, prefix, "", found::add);
        return found;
    }
}
