package io.metawal.storage.s3;

import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists, page after page, each from the last key of the one before. What has no name of ours is passed over. */
final class S3Listing {
    private static final int PAGE = 1000;
    private static final Pattern OURS = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
    private static final Pattern FOLDERS =
            Pattern.compile("([A-Za-z0-9_-][A-Za-z0-9._-]*/)*([A-Za-z0-9_-][A-Za-z0-9._-]*)?");

    private final S3AsyncClient client;
    private final S3Url url;
    private final S3Calls calls;

    S3Listing(S3AsyncClient client, S3Url url, S3Calls calls) {
        this.client = client;
        this.url = url;
        this.calls = calls;
    }

    List<ObjectStat> list(String prefix, String after, int limit) throws S3Calls.Failed {
        List<ObjectStat> found = new ArrayList<>();
        if (!FOLDERS.matcher(prefix).matches()) {
            return found;
        }
        String last = after;
        while (found.size() < limit) {
            ListObjectsV2Response page = page(prefix, last, Math.min(PAGE, limit - found.size()));
            for (S3Object object : page.contents()) {
                String key = object.key().substring(url.prefix().length());
                if (key.compareTo(last) <= 0) {
                    throw new UsageException(
                            url + " lists " + key + " after " + last
                                    + ": a repository needs lists in the order of keys, which a directory bucket does not give");
                }
                last = key;
                if (OURS.matcher(key).matches()) {
                    found.add(new ObjectStat(new ObjectKey(key), object.size(), object.lastModified()));
                }
            }
            if (!Boolean.TRUE.equals(page.isTruncated()) || page.contents().isEmpty()) {
                return found;
            }
        }
        return found;
    }

    private ListObjectsV2Response page(String prefix, String after, int limit) throws S3Calls.Failed {
        return calls.run(() -> client.listObjectsV2(l -> l.bucket(url.bucket())
                .prefix(url.prefix() + prefix)
                .startAfter(after.isEmpty() ? null : url.prefix() + after)
                .maxKeys(limit)));
    }
}
