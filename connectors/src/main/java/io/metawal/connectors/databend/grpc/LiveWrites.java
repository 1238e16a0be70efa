package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.grpc.proto.SeqV;
import io.metawal.connectors.databend.grpc.proto.TxnCondition;
import io.metawal.connectors.databend.grpc.proto.TxnOp;
import io.metawal.connectors.databend.grpc.proto.TxnRequest;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out a restore's transactions and reads back what came of them. For one thread. */
final class LiveWrites {
    private static final Logger LOG = LoggerFactory.getLogger(LiveWrites.class);
    private static final int TRIES_MAX = 7;

    private final DatabendClient client;
    private long done;

    LiveWrites(DatabendClient client) {
        this.client = client;
    }

    /** Transactions that are known to have happened. */
    long done() {
        return done;
    }

    void carryOut(TxnRequest request) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                if (!client.transact(request).getSuccess()) {
                    refused(request);
                }
                done++;
                return;
            } catch (UnknownOutcomeException e) {
                LOG.warn("{}; reading what came of it", e.text());
                client.pause(attempt);
                // A counter is raised by no condition: to do it twice is to do it once.
                if (request.getConditionCount() > 0 && difference(request) == null) {
                    done++;
                    return;
                }
                if (attempt == TRIES_MAX) {
                    throw e;
                }
            }
        }
    }

    /** A condition was not met: unless it all has happened before, by an attempt whose answer was lost, somebody else wrote. */
    private void refused(TxnRequest request) throws InterruptedException {
        String different = difference(request);
        if (different == null) {
            return;
        }
        Map<String, SeqV> now = client.many(keys(request));
        for (TxnCondition condition : request.getConditionList()) {
            SeqV found = now.get(condition.getKey());
            long seq = found == null ? 0 : found.getSeq();
            if (condition.getExpected() == TxnCondition.ConditionResult.LE
                    ? seq > condition.getSeq()
                    : seq != condition.getSeq()) {
                throw new MetawalException(
                        ExitCode.CONFLICT,
                        client.address() + ": " + condition.getKey() + " was written meanwhile: expected seq "
                                + condition.getSeq() + ", found " + seq + ". " + done
                                + " transactions are done, this one and those behind it are not. Stop what writes to"
                                + " the meta service and repeat the restore: it goes on from what is there");
            }
        }
        throw new MetawalException(
                ExitCode.CONFLICT,
                client.address() + ": " + different + " and the keys with it were written meanwhile. " + done
                        + " transactions are done. Stop what writes to the meta service and repeat the restore");
    }

    /** Compares what is there with what a transaction was to leave. */
    void readBack(TxnRequest request) throws InterruptedException {
        String different = difference(request);
        if (different != null) {
            throw new MismatchException(client.address() + " does not hold what was written to it: " + different
                    + ". Somebody else wrote to it meanwhile: stop that, and repeat the restore");
        }
    }

    /** A key that is not as the transaction would leave it, with what is there; null where all are. */
    private @Nullable String difference(TxnRequest request) throws InterruptedException {
        Map<String, SeqV> now = client.many(keys(request));
        for (TxnOp op : request.getIfThenList()) {
            SeqV found = now.get(key(op));
            boolean same = switch (op.getRequestCase()) {
                case PUT -> found != null && found.getData().equals(op.getPut().getValue());
                case DELETE -> found == null;
                default ->
                    found != null
                            && atLeast(found.getData(), op.getFetchIncreaseU64().getMaxValue());
            };
            if (!same) {
                return key(op) + (found == null ? " is not there" : " is at seq " + found.getSeq());
            }
        }
        return null;
    }

    private static boolean atLeast(ByteString found, long wanted) {
        String digits = found.toStringUtf8();
        return Counters.isNumber(digits)
                && new BigInteger(digits).compareTo(new BigInteger(Long.toUnsignedString(wanted))) >= 0;
    }

    private static List<String> keys(TxnRequest request) {
        return request.getIfThenList().stream().map(LiveWrites::key).toList();
    }

    private static String key(TxnOp op) {
        return switch (op.getRequestCase()) {
            case PUT -> op.getPut().getKey();
            case DELETE -> op.getDelete().getKey();
            default -> op.getFetchIncreaseU64().getKey();
        };
    }
}
