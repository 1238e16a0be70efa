package io.metawal.storage.s3;

import io.metawal.storage.object.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Writes objects: small ones in one request, larger ones in parts, several under way. In both, the last request has {@code
 * If-None-Match: *}, which lets one of several writers of a key win.
 */
final class S3Uploads {
    /** S3 takes parts from 5 MiB on, and 10,000 of them. */
    static final int PART_BYTES = 8 << 20;

    private static final int PARTS_UNDER_WAY = 4;
    private static final int CROSSED_MAX = 8;
    private static final Logger LOG = LoggerFactory.getLogger(S3Uploads.class);

    private final S3Calls calls;
    private final S3Faults faults;
    private final S3Location location;
    private final S3Settings settings;

    S3Uploads(S3Calls calls, S3Faults faults, S3Location location, S3Settings settings) {
        this.calls = calls;
        this.faults = faults;
        this.location = location;
        this.settings = settings;
    }

    void create(String name, ObjectBody body) {
        // Two writers of one key at the same moment can both be turned away; trying again decides it.
        for (int tried = 1; ; tried++) {
            try {
                if (body.size() <= PART_BYTES) {
                    put(name, bytes(body, 0, (int) body.size()), "*");
                } else {
                    createInParts(name, body);
                }
                return;
            } catch (CrossedException e) {
                if (tried == CROSSED_MAX) {
                    throw faults.ofWriting("create", name, e.refusal());
                }
            }
        }
    }

    void replace(String name, byte[] bytes) {
        put(name, bytes, null);
    }

    /** Another writer of the same key was at it. */
    private static final class CrossedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CrossedException(Throwable refusal) {
            super(refusal);
        }

        Throwable refusal() {
            return getCause() == null ? this : getCause();
        }
    }

    private void put(String name, byte[] bytes, @Nullable String ifNoneMatch) {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(location.bucket())
                .key(location.prefix() + name)
                .ifNoneMatch(ifNoneMatch)
                .storageClass(settings.storageClass())
                .serverSideEncryption(settings.encryption())
                .ssekmsKeyId(settings.kmsKey())
                .build();
        await(
                calls.begin(() -> calls.client().putObject(request, AsyncRequestBody.fromBytesUnsafe(bytes))),
                ifNoneMatch == null ? "replace" : "create",
                name);
    }

    private <T> T await(CompletableFuture<T> answer, String deed, String name) {
        Throwable[] failure = {null};
        try {
            return S3Calls.await(answer, e -> {
                failure[0] = e;
                return faults.ofWriting(deed, name, e);
            });
        } catch (RuntimeException e) {
            Throwable refused = failure[0];
            if (refused != null && S3Faults.crossed(refused)) {
                throw new CrossedException(refused);
            }
            throw e;
        }
    }

    private void createInParts(String name, ObjectBody body) {
        String key = location.prefix() + name;
        String upload = await(
                        calls.begin(() -> calls.client()
                                .createMultipartUpload(r -> r.bucket(location.bucket())
                                        .key(key)
                                        .storageClass(settings.storageClass())
                                        .serverSideEncryption(settings.encryption())
                                        .ssekmsKeyId(settings.kmsKey()))),
                        "create",
                        name)
                .uploadId();
        List<CompletedPart> parts;
        try {
            parts = sendParts(name, key, upload, body);
        } catch (RuntimeException e) {
            abort(key, upload);
            throw e;
        }
        // From here on the outcome may be unknown: nothing is cleaned up, the store drops what was never completed.
        await(
                calls.begin(() -> calls.client()
                        .completeMultipartUpload(r -> r.bucket(location.bucket())
                                .key(key)
                                .uploadId(upload)
                                .ifNoneMatch("*")
                                .multipartUpload(m -> m.parts(parts)))),
                "create",
                name);
    }

    private List<CompletedPart> sendParts(String name, String key, String upload, ObjectBody body) {
        List<CompletedPart> parts = new ArrayList<>();
        ArrayDeque<CompletableFuture<CompletedPart>> underWay = new ArrayDeque<>();
        int number = 1;
        for (long at = 0; at < body.size(); at += PART_BYTES) {
            byte[] bytes = bytes(body, at, (int) Math.min(PART_BYTES, body.size() - at));
            int mine = number++;
            UploadPartRequest request = UploadPartRequest.builder()
                    .bucket(location.bucket())
                    .key(key)
                    .uploadId(upload)
                    .partNumber(mine)
                    .build();
            underWay.add(calls.begin(() -> calls.client()
                    .uploadPart(request, AsyncRequestBody.fromBytesUnsafe(bytes))
                    .thenApply(done -> CompletedPart.builder()
                            .partNumber(mine)
                            .eTag(done.eTag())
                            .checksumCRC32(done.checksumCRC32())
                            .build())));
            if (underWay.size() == PARTS_UNDER_WAY) {
                parts.add(await(underWay.remove(), "create", name));
            }
        }
        while (!underWay.isEmpty()) {
            parts.add(await(underWay.remove(), "create", name));
        }
        return parts;
    }

    private void abort(String key, String upload) {
        var unused = calls.client()
                .abortMultipartUpload(r -> r.bucket(location.bucket()).key(key).uploadId(upload))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.debug("the parts of {} are left to the store's own cleaning", key, failure);
                    }
                });
    }

    private static byte[] bytes(ObjectBody body, long at, int length) {
        try (InputStream in = body.open(at)) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length != length) {
                throw new IllegalStateException("a body of " + body.size() + " bytes ends at " + (at + bytes.length));
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
