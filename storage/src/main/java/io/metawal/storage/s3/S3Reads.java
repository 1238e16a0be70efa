package io.metawal.storage.s3;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Bytes out of objects, in ranges: the first one tells the object's size, and its ETag holds the others to the same
 * object. Each range is checked against what it says of itself, and read again where bytes are missing.
 */
final class S3Reads {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");

    private final S3AsyncClient client;
    private final S3Url url;
    private final S3Config config;
    private final S3Calls calls;
    private final S3Parallel parallel;
    private final S3Faults faults;

    S3Reads(S3AsyncClient client, S3Url url, S3Config config, S3Calls calls, S3Parallel parallel) {
        this.client = client;
        this.url = url;
        this.config = config;
        this.calls = calls;
        this.parallel = parallel;
        this.faults = new S3Faults(url, config);
    }

    private record Piece(
            byte[] bytes, long objectSize, @Nullable String etag) {}

    byte[] read(String key, long offset, long length) {
        try {
            Piece first = piece(key, offset, Math.min(length, config.partBytes()), null);
            long wanted = Math.min(length, first.objectSize() - offset);
            return first.bytes().length >= wanted ? first.bytes() : joined(key, offset, wanted, first);
        } catch (S3Calls.Failed e) {
            if (e.status() == 416) {
                return new byte[0];
            }
            throw unread(key, e);
        }
    }

    private byte[] joined(String key, long offset, long wanted, Piece first) throws S3Calls.Failed {
        byte[] all = new byte[Math.toIntExact(wanted)];
        System.arraycopy(first.bytes(), 0, all, 0, first.bytes().length);
        List<Callable<Boolean>> rest = new ArrayList<>();
        for (long at = first.bytes().length; at < wanted; at += config.partBytes()) {
            int into = (int) at;
            long length = Math.min(config.partBytes(), wanted - at);
            rest.add(() -> {
                byte[] bytes = piece(key, offset + into, length, first.etag()).bytes();
                System.arraycopy(bytes, 0, all, into, bytes.length);
                return true;
            });
        }
        parallel.run(rest);
        return all;
    }

    private Piece piece(String key, long offset, long length, @Nullable String etag) throws S3Calls.Failed {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(url.bucket())
                .key(url.prefix() + key)
                .range("bytes=" + offset + "-" + (offset + length - 1))
                .ifMatch(etag)
                .build();
        return calls.run(() -> client.getObject(request, AsyncResponseTransformer.toBytes())
                .thenCompose(answer -> {
                    try {
                        return CompletableFuture.completedFuture(checked(answer, offset, length));
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(
                                SdkClientException.create(String.valueOf(e.getMessage()), e));
                    }
                }));
    }

    private static Piece checked(ResponseBytes<GetObjectResponse> answer, long offset, long length) throws IOException {
        GetObjectResponse head = answer.response();
        byte[] bytes = answer.asByteArrayUnsafe();
        Matcher m = CONTENT_RANGE.matcher(head.contentRange() == null ? "" : head.contentRange());
        if (!m.matches()) {
            throw new IOException(
                    "a range was asked for, and the answer has none: Content-Range " + head.contentRange());
        }
        long size = Long.parseLong(m.group(3));
        long expected = Math.min(length, size - offset);
        if (Long.parseLong(m.group(1)) != offset || bytes.length != expected) {
            throw new IOException("expected " + expected + " bytes from " + offset + ", found " + bytes.length
                    + " with " + head.contentRange());
        }
        return new Piece(bytes, size, head.eTag());
    }

    private MetawalException unread(String key, S3Calls.Failed e) {
        boolean absent = S3Faults.isAbsent(e.last());
        return absent
                ? new ObjectNotFoundException(key + " is not in " + url, e.last())
                : faults.unchanged("read " + key, e.last());
    }
}
