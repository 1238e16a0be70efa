package io.metawal.connectors.databend.grpc;

import io.metawal.connectors.databend.rpc.DatabendAddress;
import io.metawal.connectors.net.Tls;
import java.util.List;

/**
 * A running Databend meta service as a source or a target.
 *
 * @param name what the operator calls the cluster, since it has no id of its own; empty for none
 * @param chunkLines lines of an export asked for in one message; fewer by itself where messages come out too large
 * @param exportMillisMin from one export's begin to the next at the earliest, and never oftener than to take a fifth of the time
 * @param observeMillis how often the service is asked how far its log is
 */
public record DatabendOptions(
        DatabendAddress address, String name, int chunkLines, long exportMillisMin, long observeMillis) {
    public static final int CHUNK_LINES = 256;
    public static final long EXPORT_MILLIS_MIN = 1_000;
    public static final long OBSERVE_MILLIS = 1_000;

    public static DatabendOptions of(DatabendAddress address) {
        return new DatabendOptions(address, "", CHUNK_LINES, EXPORT_MILLIS_MIN, OBSERVE_MILLIS);
    }

    /** Reads {@code databend+grpc://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][?cluster=NAME&ca=FILE&cert=FILE&key=FILE&message-mib=N]}. */
    public static DatabendOptions parse(String url) {
        return DatabendUrl.parse(url);
    }

    public DatabendOptions withName(String clusterName) {
        return new DatabendOptions(address, clusterName, chunkLines, exportMillisMin, observeMillis);
    }

    public DatabendOptions withChunkLines(int lines) {
        return new DatabendOptions(address, name, lines, exportMillisMin, observeMillis);
    }

    public DatabendOptions withExportMillisMin(long millis) {
        return new DatabendOptions(address, name, chunkLines, millis, observeMillis);
    }

    public DatabendOptions withObserveMillis(long millis) {
        return new DatabendOptions(address, name, chunkLines, exportMillisMin, millis);
    }

    public DatabendOptions withEndpoints(List<String> endpoints) {
        return withAddress(new DatabendAddress(
                endpoints, address.user(), address.password(), address.tls(), address.messageBytesMax()));
    }

    public DatabendOptions withUser(String user, String password) {
        return withAddress(
                new DatabendAddress(address.endpoints(), user, password, address.tls(), address.messageBytesMax()));
    }

    public DatabendOptions withTls(Tls tls) {
        return withAddress(new DatabendAddress(
                address.endpoints(), address.user(), address.password(), tls, address.messageBytesMax()));
    }

    public DatabendOptions withMessageBytesMax(int bytes) {
        return withAddress(
                new DatabendAddress(address.endpoints(), address.user(), address.password(), address.tls(), bytes));
    }

    private DatabendOptions withAddress(DatabendAddress other) {
        return new DatabendOptions(other, name, chunkLines, exportMillisMin, observeMillis);
    }

    /** For messages; never with the password in it. */
    @Override
    public String toString() {
        return address.toString();
    }
}
