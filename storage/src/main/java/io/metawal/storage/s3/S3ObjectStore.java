package io.metawal.storage.s3;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects under a prefix of a bucket. That one of several writers of a key wins is the store's own {@code If-None-Match: *}; what
 * is said of a request whose answer was lost is that its outcome is unknown. Safe for several threads.
 */
public final class S3ObjectStore implements ObjectStore {
    private static final int PAGE = 1000;

    private final S3Location location;
    private final S3AsyncClient client;
    private final S3Calls calls;
    private final S3Faults faults;
    private final S3Reads reads;
    private final S3Uploads uploads;

    private S3ObjectStore(S3Location location, S3Settings settings, LongSupplier nanos) {
        this.location = location;
        this.client = S3Clients.open(settings);
        this.calls = new S3Calls(client, new RequestRate(settings.requestsPerSecondMax(), nanos));
        String endpoint = settings.endpoint() == null ? "" : " at " + settings.endpoint();
        this.faults = new S3Faults(location + endpoint, location.bucket(), endpoint);
        this.reads = new S3Reads(calls, faults, location);
        this.uploads = new S3Uploads(calls, faults, location, settings);
    }

    public static S3ObjectStore open(S3Location location, S3Settings settings) {
        return new S3ObjectStore(location, settings, System::nanoTime);
    }

    @Override
    public String describe() {
        return location.toString();
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        uploads.create(key.value(), body);
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        uploads.replace(key.value(), bytes);
    }

    @Override
    public byte[] read(ObjectKey key) {
        return reads.whole(key.value());
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return reads.part(key.value(), offset, length);
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        try {
            HeadObjectResponse head = calls.call(
                    () -> client.headObject(r -> r.bucket(location.bucket()).key(location.prefix() + key.value())),
                    e -> faults.ofReading(key.value(), e));
            return new ObjectStat(key, head.contentLength(), head.lastModified());
        } catch (ObjectNotFoundException e) {
            return null;
        }
    }

    @Override
    public List<ObjectStat> list(String prefix, String after, int limit) {
        List<ObjectStat> found = new ArrayList<>();
        if (("/" + prefix).contains("/.") || ("/" + prefix).contains("//")) {
            // No key starts so, and what stands before a bucket may take it for a path.
            return found;
        }
        String last = after;
        while (found.size() < limit) {
            ListObjectsV2Response page = page(prefix, last, Math.min(PAGE, limit - found.size()));
            page.contents().forEach(object -> stat(object).ifPresent(found::add));
            if (!Boolean.TRUE.equals(page.isTruncated()) || page.contents().isEmpty()) {
                break;
            }
            String key = page.contents().get(page.contents().size() - 1).key();
            last = key.substring(location.prefix().length());
        }
        return found;
    }

    private ListObjectsV2Response page(String prefix, String after, int limit) {
        return calls.call(
                () -> client.listObjectsV2(r -> {
                    r.bucket(location.bucket())
                            .prefix(location.prefix() + prefix)
                            .maxKeys(limit);
                    if (!after.isEmpty()) {
                        r.startAfter(location.prefix() + after);
                    }
                }),
                e -> faults.ofReading("the list of " + prefix, e));
    }

    /** Empty for what is no object of a repository. */
    private Optional<ObjectStat> stat(S3Object object) {
        try {
            ObjectKey key =
                    new ObjectKey(object.key().substring(location.prefix().length()));
            return Optional.of(new ObjectStat(key, object.size(), object.lastModified()));
        } catch (UsageException foreign) {
            return Optional.empty();
        }
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            calls.call(
                    () -> client.deleteObject(r -> r.bucket(location.bucket()).key(location.prefix() + key.value())),
                    e -> S3Faults.absent(e) ? absent(key, e) : faults.ofWriting("delete", key.value(), e));
        } catch (ObjectNotFoundException alreadyGone) {
            // As it should be.
        }
    }

    private static MetawalException absent(ObjectKey key, Throwable e) {
        return new ObjectNotFoundException(key + " is gone already", e);
    }

    @Override
    public void close() {
        client.close();
    }
}
