package io.metawal.connectors.etcd.rpc;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.metadata.image.Entry;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * All keys of a range at one revision, in key order, read in pages: a page is asked for while the one before is used, and sized
 * by what the keys before it weighed, so that memory holds two pages of about {@link #PAGE_BYTES} whatever there is. Pages are
 * large because etcd counts all the keys behind a page to answer it.
 * Throws {@link CompactedException} when the revision is compacted meanwhile. For one thread.
 */
public final class PagedRange implements EntrySource {
    private static final long PAGE_BYTES = 16 << 20;
    private static final int PAGE_BYTES_MAX = 64 << 20;
    private static final int FIRST_PAGE_KEYS = 1024;

    private final EtcdClient client;
    private final long revision;
    private final int pageKeysMax;
    private final ArrayDeque<KeyValue> page = new ArrayDeque<>();
    private @Nullable KeyRange rest;
    private @Nullable CompletableFuture<RangeResponse> ahead;
    private int limit;
    private long left;
    private boolean more;

    public PagedRange(EtcdClient client, KeyRange range, long revision, int pageKeysMax) {
        this(client, range, revision, pageKeysMax, Long.MAX_VALUE);
    }

    /** The first keys of a range alone. */
    public static PagedRange slice(EtcdClient client, KeyRange range, long revision, int keysMax) {
        return new PagedRange(client, range, revision, keysMax, keysMax);
    }

    private PagedRange(EtcdClient client, KeyRange range, long revision, int pageKeysMax, long keysMax) {
        this.client = client;
        this.rest = range;
        this.revision = revision;
        this.pageKeysMax = pageKeysMax;
        this.limit = Math.min(FIRST_PAGE_KEYS, pageKeysMax);
        this.left = keysMax;
    }

    /** Once the end was reached: whether the range has further keys, that were not asked for. */
    public boolean more() {
        return more;
    }

    @Override
    public @Nullable Entry next() throws InterruptedException {
        while (page.isEmpty()) {
            KeyRange asked = rest;
            if (asked == null) {
                return null;
            }
            turn(asked);
        }
        return EntryMapping.entry(page.remove());
    }

    private void turn(KeyRange asked) throws InterruptedException {
        RangeResponse response = fetch(asked);
        page.addAll(response.getKvsList());
        rest = null;
        left -= page.size();
        more = response.getMore() && !page.isEmpty();
        if (more && left > 0) {
            long weight = response.getSerializedSize() / page.size() + 1L;
            // At most fourfold: small keys tell nothing about large values behind them.
            limit = (int) Math.max(1, Math.min(Math.min(PAGE_BYTES / weight, limit * 4L), Math.min(left, pageKeysMax)));
            rest = asked.after(page.getLast().getKey());
            ahead = client.send(KVGrpc.getRangeMethod(), request(rest), options());
        }
    }

    private RangeResponse fetch(KeyRange asked) throws InterruptedException {
        CompletableFuture<RangeResponse> sent = ahead;
        ahead = null;
        while (true) {
            if (sent == null) {
                sent = client.send(KVGrpc.getRangeMethod(), request(asked), options());
            }
            try {
                return sent.get();
            } catch (ExecutionException e) {
                if (limit > 1 && Status.fromThrowable(e).getCode() == Status.Code.RESOURCE_EXHAUSTED) {
                    limit = Math.max(1, limit / 16);
                    sent = null;
                } else {
                    return client.ask(
                            "a page at revision " + revision, KVGrpc.getRangeMethod(), request(asked), options());
                }
            }
        }
    }

    private CallOptions options() {
        return CallOptions.DEFAULT.withMaxInboundMessageSize(limit == 1 ? Integer.MAX_VALUE : PAGE_BYTES_MAX);
    }

    private RangeRequest request(KeyRange asked) {
        return RangeRequest.newBuilder()
                .setKey(asked.start())
                .setRangeEnd(asked.end())
                .setRevision(revision)
                .setLimit(limit)
                .build();
    }
}
