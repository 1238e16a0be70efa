package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** What a cluster keeps in its object store: {@code <data directory>/checkpoint/0}, and SSTs. */
final class SimulatedObjects {
    private static final int PREFIXES = 256;

    private final ObjectStore store;
    private final SimulationSettings settings;

    SimulatedObjects(ObjectStore store, SimulationSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    void writeCheckpoint(HummockVersionCheckpoint checkpoint) {
        store.replace(checkpointKey(), checkpoint.toByteArray());
    }

    HummockVersion readCheckpoint() {
        try {
            return HummockVersionCheckpoint.parseFrom(store.read(checkpointKey()))
                    .getVersion();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(checkpointKey() + " in " + store.describe() + " is no checkpoint", e);
        }
    }

    private ObjectKey checkpointKey() {
        return new ObjectKey(settings.dataDirectory() + "/checkpoint/0");
    }

    void writeSst(long objectId) {
        if (settings.sstObjects() == SimulationSettings.SstObjects.WRITTEN) {
            store.create(
                    sstKey(objectId), ObjectBody.of(EtcdKeys.counter(objectId).toByteArray()));
        }
    }

    ObjectKey sstKey(long objectId) {
        String prefix = settings.prefixesObjects() ? prefix(objectId) + "/" : "";
        return new ObjectKey(settings.dataDirectory() + "/" + prefix + objectId + ".data");
    }

    static long prefix(long objectId) {
        CRC32 crc = new CRC32();
        ByteString id = EtcdKeys.counter(objectId);
        crc.update(ByteBuffer.wrap(id.toByteArray()));
        return crc.getValue() % PREFIXES;
    }
}
