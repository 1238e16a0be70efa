package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** What a cluster keeps in its object store: {@code <data directory>/checkpoint/0}, and SSTs. */
public final class SimulatedObjects {
    private static final int PREFIXES = 256;

    private final ObjectStore store;
    private final SimulationSettings settings;

    public SimulatedObjects(ObjectStore store, SimulationSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /** In the form of the cluster's release. */
    public void writeCheckpoint(HummockVersionCheckpoint checkpoint) {
        store.replace(checkpointKey(), CheckpointCodec.encode(checkpoint, RwVersion.parse(settings.version())));
    }

    public HummockVersion readCheckpoint() {
        return CheckpointCodec.decode(store.read(checkpointKey()), checkpointKey() + " in " + store.describe())
                .getVersion();
    }

    private ObjectKey checkpointKey() {
        return new ObjectKey(settings.dataDirectory() + "/checkpoint/0");
    }

    /** The object comes before the rows that refer to it. */
    public void writeSst(long objectId) {
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
