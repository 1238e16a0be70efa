package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.testkit.databend.DatabendServer;
import io.metawal.testkit.databend.MetaRecord;
import io.metawal.testkit.databend.proto.FetchIncreaseU64;
import io.metawal.testkit.databend.proto.TxnCondition;
import io.metawal.testkit.databend.proto.TxnDeleteByPrefixRequest;
import io.metawal.testkit.databend.proto.TxnDeleteRequest;
import io.metawal.testkit.databend.proto.TxnGetRequest;
import io.metawal.testkit.databend.proto.TxnOp;
import io.metawal.testkit.databend.proto.TxnPutRequest;
import io.metawal.testkit.databend.proto.TxnRequest;
import java.util.List;
import java.util.random.RandomGenerator;

/** Writes of every kind that the server under test knows, to few keys, so that they meet. */
final class RandomWrites {
    private static final List<String> ROOTS = List.of(
            "__fd_database/t1",
            "__fd_table/1",
            "__fd_table_by_id",
            "__fd_users/t1",
            "__fd_clusters_v6/t1",
            "__other/x",
            "plain");
    private static final String COUNTER = "__fd_sequence_storage/t1/";

    private final DatabendServer server;
    private final ManualClock clock;
    private final RandomGenerator random;

    RandomWrites(DatabendServer server, ManualClock clock, RandomGenerator random) {
        this.server = server;
        this.clock = clock;
        this.random = random;
    }

    void write() {
        clock.tick(random.nextInt(40));
        switch (random.nextInt(6)) {
            case 0 -> server.delete(key());
            case 1 -> server.putFor("__fd_clusters_v6/t1/n" + random.nextInt(4), value(), 20 + random.nextInt(400));
            case 2, 3 -> server.transact(transaction());
            default -> server.put(key(), value());
        }
    }

    private String root() {
        return ROOTS.get(random.nextInt(ROOTS.size()));
    }

    private String key() {
        return root() + "/" + random.nextInt(5);
    }

    private ByteString value() {
        return ByteString.copyFromUtf8("v" + random.nextInt(1_000_000));
    }

    private TxnRequest transaction() {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addCondition(condition());
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.addIfThen(operation());
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addElseThen(operation());
        }
        return txn.build();
    }

    private TxnCondition condition() {
        TxnCondition.Builder condition = TxnCondition.newBuilder().setExpectedValue(random.nextInt(6));
        if (random.nextInt(4) == 0) {
            return condition
                    .setKey(root() + "/")
                    .setKeysWithPrefix(random.nextInt(5))
                    .build();
        }
        String key = key();
        MetaRecord found = server.find(key);
        return condition
                .setKey(key)
                .setSeq(random.nextBoolean() && found != null ? found.seq() : random.nextInt(4))
                .build();
    }

    private TxnOp operation() {
        TxnOp.Builder op = TxnOp.newBuilder();
        String key = key();
        switch (random.nextInt(8)) {
            case 0 -> op.setGet(TxnGetRequest.newBuilder().setKey(key));
            case 1 -> op.setDeleteByPrefix(TxnDeleteByPrefixRequest.newBuilder().setPrefix(root() + "/"));
            case 2 -> {
                MetaRecord found = server.find(key);
                op.setDelete(TxnDeleteRequest.newBuilder()
                        .setKey(key)
                        .setMatchSeq(found == null || random.nextBoolean() ? 1 : found.seq()));
            }
            case 3 -> op.setDelete(TxnDeleteRequest.newBuilder().setKey(key));
            case 4 ->
                op.setFetchIncreaseU64(FetchIncreaseU64.newBuilder()
                        .setKey(COUNTER + random.nextInt(2))
                        .setDelta(random.nextInt(5))
                        .setMaxValue(random.nextInt(3) == 0 ? random.nextInt(300) : 0));
            case 5 ->
                op.setPut(
                        TxnPutRequest.newBuilder().setKey(key).setValue(value()).setTtlMs(10 + random.nextInt(300)));
            default -> op.setPut(TxnPutRequest.newBuilder().setKey(key).setValue(value()));
        }
        return op.build();
    }
}
