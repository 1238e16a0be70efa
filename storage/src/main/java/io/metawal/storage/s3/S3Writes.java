package io.metawal.storage.s3;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Puts and uploads in parts. A create that is refused is one that lost, but only where no earlier attempt of it may have been
 * carried out: else it may have lost to itself, and its outcome is unknown. An upload whose end is unknown is not
 * cleaned up: the bucket's own rule for unfinished uploads does that.
 */
final class S3Writes {
    private static final String IF_ABSENT = "*";
    private static final int PARTS_MAX = 10_000;

    private final S3AsyncClient client;
    private final S3Url url;
    private final S3Config config;
    private final S3Calls calls;
    private final S3Parallel parallel;
    private final S3Faults faults;

    S3Writes(S3AsyncClient client, S3Url url, S3Config config, S3Calls calls, S3Parallel parallel) {
        this.client = client;
        this.url = url;
        this.config = config;
        this.calls = calls;
        this.parallel = parallel;
        this.faults = new S3Faults(url, config);
    }

    void create(String key, ObjectBody body) {
        if (body.size() > config.partBytes()) {
            upload(key, body);
            return;
        }
        try {
            put(key, bytes(body, 0, Math.toIntExact(body.size())), IF_ABSENT);
        } catch (S3Calls.Failed e) {
            throw refused("create " + key, e);
        } catch (IOException e) {
            throw new UnreachableException(url + ": cannot create " + key + ": " + e.getMessage(), e);
        }
    }

    void replace(String key, byte[] bytes) {
        try {
            put(key, bytes, null);
        } catch (S3Calls.Failed e) {
            throw refused("replace " + key, e);
        }
    }

    private MetawalException refused(String deed, S3Calls.Failed e) {
        if (e.doubtful()) {
            return faults.unknown(deed, e.last());
        }
        if (e.status() == 412) {
            return new ObjectExistsException(deed.replaceFirst("^create ", "") + " exists already in " + url, e.last());
        }
        return faults.unchanged(deed, e.last());
    }

    private void put(String key, byte[] bytes, @Nullable String ifNoneMatch) throws S3Calls.Failed {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(url.bucket())
                .key(url.prefix() + key)
                .ifNoneMatch(ifNoneMatch)
                .contentLength((long) bytes.length)
                .storageClass(config.storageClass())
                .serverSideEncryption(config.encryption())
                .ssekmsKeyId(config.kmsKey());
        if (crc()) {
            request.checksumCRC32C(S3Checksum.crc32c(bytes));
        } else {
            request.contentMD5(S3Checksum.md5(bytes));
        }
        calls.run(() -> client.putObject(request.build(), AsyncRequestBody.fromBytesUnsafe(bytes)));
    }

    private boolean crc() {
        return config.checksums() == S3Config.Checksums.SUPPORTED;
    }

    private void upload(String key, ObjectBody body) {
        String deed = "create " + key;
        int partBytes = partBytes(body.size());
        CreateMultipartUploadRequest.Builder begin = CreateMultipartUploadRequest.builder()
                .bucket(url.bucket())
                .key(url.prefix() + key)
                .storageClass(config.storageClass())
                .serverSideEncryption(config.encryption())
                .ssekmsKeyId(config.kmsKey());
        if (crc()) {
            begin.checksumAlgorithm(ChecksumAlgorithm.CRC32_C);
        }
        String id;
        List<CompletedPart> parts;
        try {
            id = calls.run(() -> client.createMultipartUpload(begin.build())).uploadId();
        } catch (S3Calls.Failed e) {
            throw faults.unchanged(deed, e.last());
        }
        try {
            List<Callable<CompletedPart>> work = new ArrayList<>();
            for (long from = 0; from < body.size(); from += partBytes) {
                long at = from;
                int number = work.size() + 1;
                int length = (int) Math.min(partBytes, body.size() - from);
                work.add(() -> part(key, id, number, bytes(body, at, length)));
            }
            parts = parallel.run(work);
        } catch (S3Calls.Failed e) {
            abort(key, id);
            throw faults.unchanged(deed, e.last());
        }
        try {
            calls.run(() -> client.completeMultipartUpload(c -> c.bucket(url.bucket())
                    .key(url.prefix() + key)
                    .uploadId(id)
                    .ifNoneMatch(IF_ABSENT)
                    .multipartUpload(m -> m.parts(parts))));
        } catch (S3Calls.Failed e) {
            if (!e.doubtful()) {
                abort(key, id);
            }
            throw refused(deed, e);
        }
    }

    private int partBytes(long size) {
        long needed = (size + PARTS_MAX - 1) / PARTS_MAX;
        return Math.toIntExact(Math.max(config.partBytes(), needed));
    }

    private CompletedPart part(String key, String id, int number, byte[] bytes) throws S3Calls.Failed {
        UploadPartRequest.Builder request = UploadPartRequest.builder()
                .bucket(url.bucket())
                .key(url.prefix() + key)
                .uploadId(id)
                .partNumber(number)
                .contentLength((long) bytes.length);
        String crc = crc() ? S3Checksum.crc32c(bytes) : null;
        if (crc == null) {
            request.contentMD5(S3Checksum.md5(bytes));
        } else {
            request.checksumCRC32C(crc);
        }
        String etag = calls.run(() -> client.uploadPart(request.build(), AsyncRequestBody.fromBytesUnsafe(bytes)))
                .eTag();
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(etag)
                .checksumCRC32C(crc)
                .build();
    }

    private void abort(String key, String id) {
        try {
            calls.run(() -> client.abortMultipartUpload(
                    a -> a.bucket(url.bucket()).key(url.prefix() + key).uploadId(id)));
        } catch (S3Calls.Failed leftToTheBucketsRule) {
            // Parts take space, and do nothing else.
        }
    }

    /** Exactly these bytes; a body that does not have them is refused before anything is sent. */
    private static byte[] bytes(ObjectBody body, long from, int length) throws IOException {
        try (InputStream in = body.open(from)) {
            byte[] bytes = in.readNBytes(length);
            boolean last = from + length == body.size();
            if (bytes.length != length || (last && in.read() >= 0)) {
                throw new IOException("the body announced " + body.size() + " bytes, and has another number");
            }
            return bytes;
        }
    }
}
