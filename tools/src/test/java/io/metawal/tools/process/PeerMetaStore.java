package io.metawal.tools.process;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnResponse;
import io.metawal.connectors.risingwave.simulated.MetaStore;
import io.metawal.connectors.risingwave.simulated.MetaTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * The simulated meta node's rows, in a real etcd that may be killed under it. A transaction whose outcome is not known is done again: it puts what
 * it put before.
 */
public final class PeerMetaStore implements MetaStore {
    private static final int TRIES = 300;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final EtcdPeer etcd;
    private volatile long revision;

    public PeerMetaStore(EtcdPeer etcd) {
        this.etcd = etcd;
    }

    @Override
    public void commit(MetaTransaction transaction) {
        List<RequestOp> operations = new ArrayList<>();
        transaction.deletes().forEach(key -> operations.add(EtcdPeer.deleteOp(key)));
        transaction.puts().forEach((ByteString key, ByteString value) -> operations.add(EtcdPeer.putOp(key, value)));
        for (int tried = 1; ; tried++) {
            try {
                TxnResponse response =
                        (TxnResponse) etcd.transaction(operations).get();
                revision = response.getHeader().getRevision();
                return;
            } catch (ExecutionException e) {
                if (tried == TRIES) {
                    throw new IllegalStateException("etcd does not come back", e);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** That of the last transaction. */
    long revision() {
        return revision;
    }
}
