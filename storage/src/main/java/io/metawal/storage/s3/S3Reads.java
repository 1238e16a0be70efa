package io.metawal.storage.s3;

import io.metawal.metadata.fault.UnreachableException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads objects: the first range tells the size, the rest comes in ranges side by side, all of the same entity tag. An answer
 * shorter than it said is asked for again.
 */
final class S3Reads {
    static final int RANGE_BYTES = 8 << 20;
    private static final int RANGES_UNDER_WAY = 4;
    private static final int SHORT_MAX = 3;

    private final S3Calls calls;
    private final S3Faults faults;
    private final S3Location location;

    S3Reads(S3Calls calls, S3Faults faults, S3Location location) {
        this.calls = calls;
        this.faults = faults;
        this.location = location;
    }

    /** Some bytes of an object, and what was told of it. */
    private record Range(byte[] bytes, long total, @Nullable String tag) {}

    byte[] whole(String name) {
        Range first = range(name, 0, RANGE_BYTES, null);
        if (first.total() <= first.bytes().length) {
            return first.bytes();
        }
        byte[] all = Arrays.copyOf(first.bytes(), Math.toIntExact(first.total()));
        ArrayDeque<Runnable> underWay = new ArrayDeque<>();
        for (int at = first.bytes().length; at < all.length; at += RANGE_BYTES) {
            int from = at;
            int length = Math.min(RANGE_BYTES, all.length - at);
            Supplier<Range> part = begin(name, from, length, first.tag());
            underWay.add(() -> System.arraycopy(part.get().bytes(), 0, all, from, length));
            if (underWay.size() == RANGES_UNDER_WAY) {
                underWay.remove().run();
            }
        }
        underWay.forEach(Runnable::run);
        return all;
    }

    byte[] part(String name, long offset, int length) {
        // Of nothing, too, it has to be told whether the object is there.
        byte[] bytes = range(name, offset, Math.max(1, length), null).bytes();
        return length == 0 ? new byte[0] : bytes;
    }

    private Range range(String name, long offset, int length, @Nullable String tag) {
        return begin(name, offset, length, tag).get();
    }

    /** Sends the request now; waits, and asks again after a short answer, when it is asked for the range. */
    private Supplier<Range> begin(String name, long offset, int length, @Nullable String tag) {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(location.bucket())
                .key(location.prefix() + name)
                .range("bytes=" + offset + "-" + (offset + length - 1))
                .ifMatch(tag)
                .build();
        CompletableFuture<ResponseBytes<GetObjectResponse>> first = send(request);
        return () -> {
            CompletableFuture<ResponseBytes<GetObjectResponse>> answer = first;
            for (int tried = 1; ; tried++) {
                Range range = range(answer, name, offset, length);
                if (range != null) {
                    return range;
                }
                if (tried == SHORT_MAX) {
                    throw new UnreachableException(location + ": " + name + " came shorter than announced " + tried
                            + " times, from byte " + offset + " on: see to the store or what stands before it");
                }
                answer = send(request);
            }
        };
    }

    private CompletableFuture<ResponseBytes<GetObjectResponse>> send(GetObjectRequest request) {
        return calls.begin(() -> calls.client().getObject(request, AsyncResponseTransformer.toBytes()));
    }

    /** Null where it is short. */
    private @Nullable Range range(
            CompletableFuture<ResponseBytes<GetObjectResponse>> answer, String name, long offset, int length) {
        Throwable[] failure = {null};
        ResponseBytes<GetObjectResponse> got;
        try {
            got = S3Calls.await(answer, e -> {
                failure[0] = e;
                return faults.ofReading(name, e);
            });
        } catch (RuntimeException e) {
            Throwable refused = failure[0];
            if (refused != null && S3Faults.pastEnd(refused)) {
                return new Range(new byte[0], 0, null);
            }
            throw e;
        }
        return checked(got.response(), got.asByteArrayUnsafe(), offset, length);
    }

    private static @Nullable Range checked(GetObjectResponse told, byte[] bytes, long offset, int length) {
        String range = told.contentRange();
        if (range == null) {
            // The store gave the whole object, as some do.
            if (told.contentLength() != null && told.contentLength() != bytes.length) {
                return null;
            }
            int from = (int) Math.min(offset, bytes.length);
            int to = (int) Math.min((long) from + length, bytes.length);
            return new Range(Arrays.copyOfRange(bytes, from, to), bytes.length, told.eTag());
        }
        long total = Long.parseLong(range.substring(range.indexOf('/') + 1));
        long expected = Math.min(length, total - offset);
        return bytes.length == expected ? new Range(bytes, total, told.eTag()) : null;
    }
}
