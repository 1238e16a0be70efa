package io.metawal.storage.repository;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.storage.format.ZstdLibrary;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** A cluster's history in an object store: who it belongs to, and its sealed objects. Safe for several threads. */
public final class Repository {
    public static final int FORMAT = 1;

    private final ObjectStore store;
    private final Identity identity;

    private Repository(ObjectStore store, Identity identity) {
        this.store = store;
        this.identity = identity;
    }

    /** A repository, and whether it was made just now. */
    public record Initialised(Repository repository, boolean created) {}

    /** Makes a repository, or finds the one of the same cluster that is there already. */
    public static Initialised init(ObjectStore store, String cluster, Instant now) {
        Identity fresh = new Identity(FORMAT, cluster, UUID.randomUUID().toString(), Timestamps.micros(now));
        boolean created = true;
        try {
            ObjectStores.createOrConfirm(store, Keys.REPOSITORY, SealedJson.write(Keys.REPOSITORY, fresh));
        } catch (ObjectExistsException e) {
            created = false;
        }
        Repository repository = open(store);
        if (!repository.identity.cluster().equals(cluster)) {
            throw new MetawalException(
                    ExitCode.CONFLICT,
                    store.describe() + " is the repository of cluster \"" + repository.identity.cluster()
                            + "\", not of \"" + cluster + "\": give each cluster a repository of its own");
        }
        Timeline first = new Timeline(Timeline.FIRST, 0, 0, "init", repository.identity.createdMicros(), "");
        repository.create(Keys.timeline(Timeline.FIRST), first);
        return new Initialised(repository, created);
    }

    public static Repository open(ObjectStore store) {
        // No commit may be acknowledged that cannot be compressed afterwards.
        ZstdLibrary.require();
        try {
            Identity identity = SealedJson.read(Keys.REPOSITORY, store.read(Keys.REPOSITORY), Identity.class);
            if (identity.format() > FORMAT) {
                throw new UnsupportedFormatException(store.describe() + " is a repository of format "
                        + identity.format() + ", this version reads up to " + FORMAT + ": use a newer metawal");
            }
            return new Repository(store, identity);
        } catch (ObjectNotFoundException e) {
            throw notThere(store, e);
        }
    }

    private static MetawalException notThere(ObjectStore store, ObjectNotFoundException e) {
        if (store.list("", "", 1).isEmpty()) {
            return new MetawalException(
                    ExitCode.USAGE,
                    store.describe() + " is empty, not a repository: `metawal init --repo … --cluster NAME` makes one",
                    e);
        }
        return new CorruptException(
                store.describe() + " holds objects but no repository.json: it is not a repository, or that object was"
                        + " lost; restore it from a copy, nothing else tells whose history this is",
                e);
    }

    public ObjectStore store() {
        return store;
    }

    public Identity identity() {
        return identity;
    }

    /** Creates a sealed object; {@code ObjectExistsException} where another one is there. */
    public void create(ObjectKey key, Object is) {
        ObjectStores.createOrConfirm(store, key, SealedJson.write(key, is));
    }

    public <T> T read(ObjectKey key, Class<T> type) {
        return SealedJson.read(key, store.read(key), type);
    }

    public <T> Optional<T> find(ObjectKey key, Class<T> type) {
        try {
            return Optional.of(read(key, type));
        } catch (ObjectNotFoundException e) {
            return Optional.empty();
        }
    }

    /** The number that a key ends in, in hex; empty for a key of another form, which is nobody's. */
    static Optional<Long> number(ObjectKey key, String prefix, String suffix) {
        String value = key.value();
        String middle = value.startsWith(prefix) && value.endsWith(suffix) && value.length() > prefix.length()
                ? value.substring(prefix.length(), value.length() - suffix.length())
                : "";
        boolean hex = !middle.isEmpty() && middle.length() <= 16 && middle.matches("[0-9a-f]+");
        return hex && middle.equals(middle.toLowerCase(Locale.ROOT))
                ? Optional.of(Long.parseUnsignedLong(middle, 16))
                : Optional.empty();
    }
}
