package io.metawal.storage.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flat store of immutable objects: as little as a repository needs, so that another store is easily added. Safe for
 * several threads.
 *
 * <p>Failures: {@code UnreachableException} (nothing was changed, retrying is safe), {@code UnknownOutcomeException}
 * (the request may have taken effect: re-read), {@code MetawalException} with ACCESS_DENIED, and those named at the methods.
 */
public interface ObjectStore extends AutoCloseable {
    /** The store and the place in it, for messages: such as {@code file:/backup/a}. */
    String describe();

    /**
     * Creates an object, whole or not at all; it is durable on return. Of several that create the same key one wins, and the
     * others get {@code ObjectExistsException}. A crash leaves no object, or the whole one.
     */
    void create(ObjectKey key, ObjectBody body);

    /** Puts an object in the place of an older one, atomically; for the one kind of object that its owner alone rewrites. */
    void replace(ObjectKey key, byte[] bytes);

    /** The whole object; {@code ObjectNotFoundException} where there is none. */
    byte[] read(ObjectKey key);

    /**
     * Bytes {@code offset} to {@code offset + length}, fewer where the object ends before; none at or past its end.
     * {@code ObjectNotFoundException} where there is no object.
     */
    byte[] read(ObjectKey key, long offset, int length);

    /** Size and time of an object; null where there is none. */
    @Nullable
    ObjectStat stat(ObjectKey key);

    /**
     * Up to {@code limit} objects whose keys start with {@code prefix} and are greater than {@code after} (empty for all),
     * in the order of their keys. Fewer than {@code limit} means that there are no more.
     */
    List<ObjectStat> list(String prefix, String after, int limit);

    /** Deletes an object; not an error where there is none. */
    void delete(ObjectKey key);

    /** How many bytes can be stored now, as far as is known; {@code Long.MAX_VALUE} where it is not. */
    default long usableBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    void close();
}
