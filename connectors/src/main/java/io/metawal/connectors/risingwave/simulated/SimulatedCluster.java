package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.connectors.risingwave.proto.UserInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** All that is neither catalog nor Hummock: parameters, users, workers, what they pin, elections. */
final class SimulatedCluster {
    private static final int USERS_MAX = 12;
    private static final int WORKERS_MAX = 8;
    private static final int ROOT = 1;
    private static final int POSTGRES = 2;
    private static final int GRANTS_FIELD = 8;
    private static final String ADDRESS = "127.0.0.1:5690";
    private static final String ELECTION = "__meta_election_";

    private final SimulationSettings settings;
    private final RandomGenerator random;
    private final SimulatedRows rows;
    private final SimulatedIds ids;

    SimulatedCluster(SimulationSettings settings, RandomGenerator random, SimulatedRows rows, SimulatedIds ids) {
        this.settings = settings;
        this.random = random;
        this.rows = rows;
        this.ids = ids;
    }

    /** A meta node that has become the leader; the key of its election is named after its lease. */
    void elect() {
        MetaTransaction elected = new MetaTransaction();
        rows.of(ELECTION).keySet().forEach(elected::delete);
        ByteString key = EtcdKeys.text(ELECTION, Long.toHexString(random.nextLong() >>> 4));
        rows.commit(elected.put(key, ByteString.copyFromUtf8(ADDRESS)), "a leader elected");
    }

    void bootstrap() {
        UUID cluster = new UUID(random.nextLong(), random.nextLong());
        rows.commit(
                new MetaTransaction()
                        .put(EtcdKeys.text("cf", "cluster_id"), ByteString.copyFromUtf8(cluster.toString())),
                "cluster id");
        MetaTransaction parameters = new MetaTransaction();
        parameters()
                .forEach((name, value) ->
                        parameters.put(EtcdKeys.text(EtcdKeys.SYSTEM_PARAMS, name), ByteString.copyFromUtf8(value)));
        rows.commit(parameters, "system parameters");
        if (settings.since(1, 9)) {
            setSessionParameter("rw_streaming_parallelism", "0");
        }
        rows.commit(
                new MetaTransaction()
                        .put(EtcdKeys.number(EtcdKeys.USERS, ROOT), superUser(ROOT, "root"))
                        .put(EtcdKeys.number(EtcdKeys.USERS, POSTGRES), superUser(POSTGRES, "postgres")),
                "users root and postgres");
    }

    private Map<String, String> parameters() {
        String url = settings.stateStore().substring("hummock+".length());
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("barrier_interval_ms", "1000");
        parameters.put("checkpoint_frequency", settings.since(1, 1) ? "1" : "10");
        parameters.put("sstable_size_mb", "256");
        parameters.put("block_size_kb", "64");
        parameters.put("bloom_false_positive", "0.001");
        parameters.put("state_store", settings.stateStore());
        parameters.put("data_directory", settings.dataDirectory());
        parameters.put("backup_storage_url", url);
        parameters.put("backup_storage_directory", settings.dataDirectory() + "/backup");
        parameters.put("parallel_compact_size_mb", "512");
        parameters.put("max_concurrent_creating_streaming_jobs", "1");
        parameters.put("pause_on_next_bootstrap", "false");
        if (settings.since(2, 0)) {
            parameters.put("use_new_object_prefix_strategy", "true");
        }
        return parameters;
    }

    private static ByteString superUser(int id, String name) {
        return new RawMessage()
                .number(1, id)
                .text(2, name)
                .number(3, 1)
                .number(4, 1)
                .number(5, 1)
                .number(6, 1)
                .encoded();
    }

    void changeParameter() {
        String value = Integer.toString(250 * (1 + random.nextInt(8)));
        if (settings.since(1, 9) && random.nextBoolean()) {
            setSessionParameter("rw_streaming_rate_limit", value);
        } else {
            ByteString key = EtcdKeys.text(EtcdKeys.SYSTEM_PARAMS, "barrier_interval_ms");
            rows.commit(new MetaTransaction().put(key, ByteString.copyFromUtf8(value)), "a parameter altered");
        }
    }

    private void setSessionParameter(String name, String value) {
        ByteString key = EtcdKeys.text(EtcdKeys.SESSION_PARAMS, name);
        rows.commit(new MetaTransaction().put(key, ByteString.copyFromUtf8(value)), "a session parameter set");
    }

    /** Creates or drops a user, gives one another password, or grants one something. */
    void changeUsers() {
        List<ByteString> users = new ArrayList<>(rows.of(EtcdKeys.USERS).keySet());
        users.removeIf(key -> EtcdKeys.numberOf(EtcdKeys.USERS, key) <= POSTGRES);
        int what = random.nextInt(6);
        if (users.isEmpty() || (what == 0 && users.size() < USERS_MAX)) {
            int id = (int) ids.next(SimulatedIds.USER);
            RawMessage user =
                    new RawMessage().number(1, id).text(2, "user" + id).number(6, 1);
            ByteString key = EtcdKeys.number(EtcdKeys.USERS, id);
            rows.commit(
                    new MetaTransaction().put(key, user.message(7, password()).encoded()), "user " + id);
            return;
        }
        ByteString key = Tables.any(random, users);
        long id = EtcdKeys.numberOf(EtcdKeys.USERS, key);
        if (what == 1) {
            rows.commit(new MetaTransaction().delete(key), "user " + id + " dropped");
        } else {
            rows.commit(new MetaTransaction().put(key, altered(key, what == 2)), "user " + id + " altered");
        }
    }

    private RawMessage password() {
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        return new RawMessage().number(1, 2).bytes(2, ByteString.copyFrom(hash));
    }

    private ByteString altered(ByteString key, boolean password) {
        try {
            ByteString row = rows.find(key);
            UserInfo.Builder user = UserInfo.newBuilder().mergeFrom(row == null ? ByteString.EMPTY : row);
            boolean many = user.getUnknownFields().getSerializedSize() > 500;
            ByteString more = password
                    ? new RawMessage().message(7, password()).encoded()
                    : new RawMessage().message(GRANTS_FIELD, grant()).encoded();
            if (many) {
                user.setUnknownFields(UnknownFieldSet.getDefaultInstance());
            }
            return user.mergeFrom(more).build().toByteString();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a row of " + EtcdKeys.USERS + " is no user", e);
        }
    }

    /** SELECT, INSERT, UPDATE or DELETE on a table, by root. */
    private RawMessage grant() {
        RawMessage action = new RawMessage().number(1, 1 + random.nextInt(4)).number(3, ROOT);
        return new RawMessage().number(3, 1001 + random.nextInt(100)).message(7, action);
    }

    void changeWorkers() {
        List<ByteString> workers = new ArrayList<>(rows.of(EtcdKeys.WORKERS).keySet());
        if (workers.size() > 2 && (random.nextInt(3) == 0 || workers.size() >= WORKERS_MAX)) {
            ByteString gone = Tables.any(random, workers);
            rows.commit(new MetaTransaction().delete(gone), "a worker gone");
            return;
        }
        long id = ids.next(SimulatedIds.WORKER);
        int port = 5000 + (int) (id % 10000);
        RawMessage worker = new RawMessage()
                .number(1, id)
                .number(2, 1 + id % 2)
                .message(3, EtcdKeys.hostAddress("compute-" + id, port));
        ByteString key = EtcdKeys.address("compute-" + id, port);
        rows.commit(new MetaTransaction().put(key, worker.number(4, 1).encoded()), "worker " + id + " starting");
        rows.commit(new MetaTransaction().put(key, worker.number(4, 2).encoded()), "worker " + id + " running");
    }

    /** A worker pins the version that there is, or lets go of what it has pinned. */
    void changePins(long version, long epoch) {
        int context = 1 + random.nextInt(6);
        ByteString versionKey = EtcdKeys.number(EtcdKeys.PINNED_VERSIONS, context);
        ByteString snapshotKey = EtcdKeys.number(EtcdKeys.PINNED_SNAPSHOTS, context);
        if (rows.find(versionKey) != null && random.nextInt(3) == 0) {
            rows.commit(new MetaTransaction().delete(versionKey).delete(snapshotKey), "pins of " + context + " let go");
            return;
        }
        rows.commit(new MetaTransaction().put(versionKey, pin(context, version)), "version " + version + " pinned");
        if (random.nextBoolean()) {
            rows.commit(new MetaTransaction().put(snapshotKey, pin(context, epoch)), "epoch " + epoch + " pinned");
        }
    }

    private static ByteString pin(int context, long what) {
        return new RawMessage().number(1, context).number(2, what).encoded();
    }
}
