package io.metawal.storage.s3;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * A store in a bucket, or under a prefix of one. Creates exclude each other by {@code If-None-Match: *}; the bucket must
 * be there. Objects above one part's size go up and come down in parts, several at a time.
 *
 * <p>Cost: a create is one request, a large one two and one a part; a read one, or one a range; a page of a list one.
 */
public final class S3ObjectStore implements ObjectStore {
    private final S3Url url;
    private final S3AsyncClient client;
    private final S3Calls calls;
    private final S3Parallel parallel;
    private final S3Writes writes;
    private final S3Reads reads;
    private final S3Listing listing;
    private final S3Faults faults;
    private final AtomicBoolean bucketSeen = new AtomicBoolean();

    /** @param environment the variables of the process, see {@link S3Config#of} */
    public static S3ObjectStore open(String url, Map<String, String> environment) {
        return new S3ObjectStore(url, S3Config.of(environment));
    }

    public S3ObjectStore(String url, S3Config config) {
        this(S3Url.parse(url), config, S3Time.system());
    }

    S3ObjectStore(S3Url url, S3Config config, S3Time time) {
        this.url = url;
        this.faults = new S3Faults(url, config);
        this.client = connect(config);
        this.calls = new S3Calls(config, time);
        this.parallel = new S3Parallel(config.parallel());
        this.writes = new S3Writes(client, url, config, calls, parallel);
        this.reads = new S3Reads(client, url, config, calls, parallel);
        this.listing = new S3Listing(client, url, calls);
    }

    private S3AsyncClient connect(S3Config config) {
        try {
            return S3Connection.open(config);
        } catch (RuntimeException e) {
            throw faults.unchanged("connect", e);
        }
    }

    @Override
    public String describe() {
        return url.toString();
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        writes.create(key.value(), body);
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        writes.replace(key.value(), bytes);
    }

    @Override
    public byte[] read(ObjectKey key) {
        return reads.read(key.value(), 0, Long.MAX_VALUE);
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        if (offset < 0 || length < 0) {
            throw new UsageException(
                    "a range starts and has a length of 0 or more, found " + length + " from " + offset);
        }
        // No range is empty in HTTP: one byte tells whether the object is there.
        byte[] bytes = reads.read(key.value(), offset, Math.max(1, length));
        return length == 0 ? new byte[0] : bytes;
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        try {
            HeadObjectResponse head = calls.run(
                    () -> client.headObject(h -> h.bucket(url.bucket()).key(url.prefix() + key)));
            bucketSeen.set(true);
            return new ObjectStat(key, head.contentLength(), head.lastModified());
        } catch (S3Calls.Failed e) {
            if (!S3Faults.isNotFound(e.last())) {
                throw faults.unchanged("look at " + key, e.last());
            }
            // The answer to a HEAD has no body to say that it is the bucket that is missing.
            if (!bucketSeen.get()) {
                list("", "", 1);
            }
            return null;
        }
    }

    @Override
    public List<ObjectStat> list(String prefix, String after, int limit) {
        try {
            List<ObjectStat> found = listing.list(prefix, after, limit);
            bucketSeen.set(true);
            return found;
        } catch (S3Calls.Failed e) {
            throw faults.unchanged("list " + prefix, e.last());
        }
    }

    @Override
    public void delete(ObjectKey key) {
        String deed = "delete " + key;
        try {
            calls.run(() -> client.deleteObject(d -> d.bucket(url.bucket()).key(url.prefix() + key)));
        } catch (S3Calls.Failed e) {
            if (!S3Faults.isNotFound(e.last())) {
                throw failed(deed, e);
            }
        }
    }

    private MetawalException failed(String deed, S3Calls.Failed e) {
        return e.doubtful() ? faults.unknown(deed, e.last()) : faults.unchanged(deed, e.last());
    }

    @Override
    public void close() {
        parallel.close();
        client.close();
    }
}
